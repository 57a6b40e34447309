"""What shells say in the reader's language: a program that is not found, and the signals that end one.

Texts: the translations of bash and of glibc's names of signals, and Ubuntu's hint where a command is missing.
Python's own errors stay English, since it sets no language for messages.
"""

from __future__ import annotations

import re

__all__ = ["ROWS"]

_NOT_FOUND = (
    "未找到命令",
    "找不到命令",
    "没有找到命令",
    "kommando nicht gefunden",
    "befehl nicht gefunden",
    "commande introuvable",
    "orden no encontrada",
    "no se encontró la orden",
    "comando no encontrado",
    "comando não encontrado",
    "comando non trovato",
    "команда не найдена",
    "コマンドが見つかりません",
    "명령어를 찾을 수 없음",
    "명령을 찾을 수 없습니다",
    "nie znaleziono polecenia",
    "opdracht niet gevonden",
    "komut bulunamadı",
    "příkaz nenalezen",
)
_HINTS = (
    "命令 “nvidia-smi”",
    "der befehl 'nvidia-smi' wurde nicht gefunden",
    "la commande « nvidia-smi » n'a pas été trouvée",
    "no se ha encontrado la orden «nvidia-smi»",
    "il comando «nvidia-smi» non è stato trovato",
    "команда «nvidia-smi» не найдена",
)
_ILLEGAL = (
    "ungültiger maschinenbefehl",
    "instruction non permise",
    "instruction illégale",
    "instrucción ilegal",
    "ilegal instruction",
    "istruzione non consentita",
    "istruzione illegale",
    "instrução ilegal",
    "недопустимая инструкция",
    "недопустимая команда",
    "不正な命令です",
    "不合法的命令",
    "잘못된 명령어",
    "błędna instrukcja",
    "ongeldige instructie",
    "neplatná instrukce",
    "неправильна інструкція",
)
_SEGMENT = (
    "speicherzugriffsfehler",
    "段错误",
    "erreur de segmentation",
    "violación de segmento",
    "falha de segmentação",
    "errore di segmentazione",
    "ошибка сегментирования",
    "segmentation fault (コアダンプ",
    "세그멘테이션 오류",
    "naruszenie ochrony pamięci",
    "segmentatiefout",
)
_KILLED = ("getötet", "已杀死", "強制終了", "убито", "zabity", "죽었음", "matado", "ucciso", "gedood")

ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("smi-not-found", _NOT_FOUND, rf"nvidia-smi[^\n]{{0,4}}[:：] ?(?:{'|'.join(_NOT_FOUND)})"),
    ("smi-not-found", _HINTS, ""),
    (
        "smi-not-found",
        ("command not found: nvidia-smi", "no such file or directory: 'nvidia-smi'", "which: no nvidia-smi"),
        "",
    ),
    ("illegal-instruction", _ILLEGAL, ""),
    (
        "import-crash",
        _SEGMENT,
        rf"import torch['\"]?\)?\s{{0,4}}\n?\s{{0,8}}(?:[^\n]{{0,60}} )?(?:{'|'.join(map(re.escape, _SEGMENT))})",
    ),
    ("smi-crash", _SEGMENT, rf"nvidia-smi\s{{0,4}}\n?[^\n]{{0,40}}(?:{'|'.join(map(re.escape, _SEGMENT))})"),
    ("killed", _KILLED, rf"^\W{{0,3}}(?:\[?\d*\]? ?)?(?:{'|'.join(_KILLED)})(?: +[\w./ -]{{0,80}})?$"),
)
