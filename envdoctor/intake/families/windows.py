"""The sentences of Windows for its error codes, in the languages it is installed in.

Python shows them behind "[WinError 126]"; an ImportError, a log or a person shows the sentence without the number.
Texts: FormatMessage of Windows 10 and 11 for ERROR_MOD_NOT_FOUND, ERROR_PROC_NOT_FOUND, ERROR_INVALID_ORDINAL,
ERROR_BAD_EXE_FORMAT, ERROR_DLL_INIT_FAILED, ERROR_COMMITMENT_LIMIT, ERROR_DISK_FULL, ERROR_SHARING_VIOLATION,
ERROR_ACCESS_DENIED and the codes of Winsock; the window of STATUS_ENTRYPOINT_NOT_FOUND.
"""

from __future__ import annotations

import re

__all__ = ["ROWS"]

_NO_DLL = (
    "das angegebene modul wurde nicht gefunden",
    "die angegebene prozedur wurde nicht gefunden",
    "das betriebssystem kann %1 nicht ausführen",
    "dll-initialisierungsroutine",
    "le module spécifié est introuvable",
    "la procédure spécifiée est introuvable",
    "le système d'exploitation ne peut pas exécuter",
    "routine d'initialisation d'une bibliothèque de liens dynamiques",
    "no se puede encontrar el módulo especificado",
    "no se encontró el módulo especificado",
    "no se encontró el proceso especificado",
    "no se puede encontrar el procedimiento especificado",
    "rutina de inicialización de biblioteca de vínculos dinámicos",
    "não foi possível encontrar o módulo especificado",
    "não foi possível encontrar o procedimento especificado",
    "o sistema operacional não pode executar",
    "inicialização da biblioteca de vínculo dinâmico",
    "impossibile trovare il modulo specificato",
    "impossibile trovare la procedura specificata",
    "inizializzazione della libreria di collegamento dinamico",
    "не найден указанный модуль",
    "не найдена указанная процедура",
    "операционная система не может запустить",
    "инициализации библиотеки динамической компоновки",
    "指定されたモジュールが見つかりません",
    "指定されたプロシージャが見つかりません",
    "ダイナミック リンク ライブラリ",
    "지정된 모듈을 찾을 수 없습니다",
    "지정된 프로시저를 찾을 수 없습니다",
    "dll 초기화 루틴",
    "操作系统无法运行 %1",
    "动态链接库 (dll) 初始化例程失败",
    "動態連結程式庫 (dll) 初始化",
    "動態連結程式庫(dll)初始化",
    "找不到指定的程序",
    "nie można odnaleźć określonego modułu",
    "nie można odnaleźć określonej procedury",
    "belirtilen modül bulunamadı",
    "belirtilen yordam bulunamadı",
    "kan opgegeven module niet vinden",
    "uvedený modul nebyl nalezen",
)
_NO_ENTRY = (
    "entry point not found",
    "procedure entry point",
    "prozedureinsprungpunkt",
    "einsprungpunkt nicht gefunden",
    "point d'entrée de procédure",
    "point d'entrée introuvable",
    "punto de entrada del procedimiento",
    "ponto de entrada do procedimento",
    "punto di ingresso",
    "punktu wejścia procedury",
    "точка входа в процедуру",
    "プロシージャ エントリ ポイント",
    "프로시저 시작 지점",
    "无法定位程序输入点",
    "找不到程序進入點",
)
"""The window that Windows opens where one DLL lacks what another asks it for; it names the one that asks."""
_NOT_WIN32 = (
    "keine zulässige win32-anwendung",
    "n'est pas une application win32 valide",
    "no es una aplicación win32 válida",
    "não é um aplicativo win32 válido",
    "non è un'applicazione di win32 valida",
    "не является приложением win32",
    "有効な win32 アプリケーションではありません",
    "올바른 win32 응용 프로그램이 아닙니다",
    "不是正確的 win32 應用程式",
    "不是有效的win32应用程序",
    "nie jest prawidłową aplikacją systemu win32",
    "%1 is not a valid win32",
)
_PAGE_FILE = (
    "die auslagerungsdatei ist zu klein",
    "le fichier de pagination est insuffisant",
    "el archivo de paginación es demasiado pequeño",
    "o arquivo de paginação é muito pequeno",
    "file di paging insufficiente",
    "файл подкачки слишком мал",
    "ページング ファイルが小さすぎる",
    "페이징 파일이 너무 작",
    "分頁檔太小",
    "页面文件太小",
    "plik stronicowania jest za mały",
    "disk belleği dosyası",
    "error 1455",
    "code 1455",
    "错误 1455",
    *(f"error code: <{number}>" for number in (8, 14, 1450, 1453, 1455)),  # torch's shared memory
)
_FULL = (
    "nicht genug speicherplatz auf dem datenträger",
    "nicht genügend speicherplatz",
    "espace insuffisant sur le disque",
    "espacio en disco insuficiente",
    "espaço insuficiente no disco",
    "spazio su disco insufficiente",
    "недостаточно места на диске",
    "ディスクに十分な空き領域がありません",
    "디스크 공간이 부족",
    "磁碟空間不足",
    "硬盘空间不足",
    "za mało miejsca na dysku",
    "diskte yeterli yer yok",
    "设备上没有空间",
    "kein speicherplatz mehr",
    "aucun espace disponible sur le périphérique",
    "no queda espacio en el dispositivo",
)
_HELD = (
    "being used by another process",
    "another program is using",
    "another process is using",
    "von einem anderen prozess verwendet",
    "utilisé par un autre processus",
    "utilizado por otro proceso",
    "sendo usado por outro processo",
    "utilizzato da un altro processo",
    "занят другим процессом",
    "別のプロセスが使用中",
    "다른 프로세스가 파일을 사용",
    "另一个程序正在使用此文件",
    "程序無法存取檔案",
)
_CUT = (
    "vom remotehost geschlossen",
    "fermée par l'hôte distant",
    "interrupción de una conexión existente",
    "cancelamento de uma conexão existente",
    "удаленный хост принудительно разорвал",
    "リモート ホストに強制的に切断",
    "원격 호스트에 의해 강제로",
    "遠端主機已強制關閉",
    "远程主机强迫关闭",
    "forcibly closed by the remote host",
)
_NO_ANSWER = (
    "由于连接方在一段时间后没有正确答复",
    "連線嘗試失敗",
    "ein verbindungsversuch ist fehlgeschlagen",
    "une tentative de connexion a échoué",
    "попытка установить соединение была безуспешной",
    "接続済みの呼び出し先が一定の時間を過ぎても",
    "did not properly respond after a period of time",
)
_REFUSED = (
    "由于目标计算机积极拒绝",
    "無法連線，因為目標電腦拒絕連線",
    "zielcomputer die verbindung verweigerte",
    "l'ordinateur cible l'a expressément refusée",
    "equipo de destino denegó expresamente dicha conexión",
    "конечный компьютер отверг запрос",
    "対象のコンピューターによって拒否",
    "target machine actively refused it",
    "不知道这样的主机",
    "es ist kein solcher host bekannt",
    "hôte inconnu",
    "host desconocido",
    "этот хост неизвестен",
    "そのようなホストは不明",
    "no such host is known",
)


def _any(sentences: tuple[str, ...]) -> str:
    return "|".join(re.escape(each) for each in sentences)


ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "winerror-dll",
        _NO_DLL,
        rf"(?:{_any(_NO_DLL)})[^\n]{{0,200}}?[\"' ](?P<subject>[^\"'\n]{{0,260}}?\.(?:dll|pyd))|{_any(_NO_DLL)}",
    ),
    (
        "entry-point",
        _NO_ENTRY,
        rf"(?:{_any(_NO_ENTRY)})[\s\S]{{0,400}}?(?P<subject>[A-Za-z]:\\[^\"'\n]{{0,260}}?\.(?:dll|pyd|exe)|\b[\w.-]{{2,60}}\.(?:dll|pyd))|{_any(_NO_ENTRY)}",
    ),
    ("winerror-193", _NOT_WIN32, ""),
    ("winerror-1455", _PAGE_FILE, ""),
    ("no-space", _FULL, ""),
    ("file-held", _HELD, ""),
    ("incomplete-read", _CUT, ""),
    ("timed-out", _NO_ANSWER, ""),
    ("no-connection", _REFUSED, ""),
)
