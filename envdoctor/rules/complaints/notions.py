"""The notions in which people tell what is wrong, by the words for them in English and Chinese.

A sentence of a person has no fixed wording; what it is about and what it says of that can be told from a few
words each. `NOTIONS` holds those words; `told` puts them together.
"""

from __future__ import annotations

import functools
import re

__all__ = ["NOTIONS", "has"]

NOTIONS: dict[str, str] = {
    # -- what a sentence does
    "advice": r"^(?:please|try |make sure|if you\b|you (?:can|may|might|should)|consider|see |check (?:that|if|whether)|how (?:to|do|can)|what |which |is there|could you|would)|请(?:检查|确认|尝试)|如果",
    "fails": r"\bincompatib\w*|\babort\w*|\breject\w*|\bnothing\b|\bread-only\b|装不[上了]|\bfail\w*|\bnot\b|n't\b|\bno\b|\bcannot\b|\berrors?\b|\bcrash\w*|\bunable|\bwrong\b|\bbroke\w*|\bstops?\b|\bhangs?\b|\bnever\b|\blacks?\b|\bmissing\b|\brefus\w+|不能|不了|不上|没法|无法|未能|不到|没有|不行|不存在|不起作用|不生效|报错|出错|错误|失败|崩溃|闪退|异常",
    "works": r"\bworks?\b|\bworked\b|\bworking\b|\bsucce\w+|\bfine\b|\bimports?\b(?! (?:error|torch (?:fail|is not)))|\bruns\b|\bloads\b|\bOK\b|\bgo(?:es)? through\b|\bwent through\b|可以|正常|成功|没问题|不报错|能用|能跑|能运行|能导入|跑通",
    "cured": r"\bcure[sd]?\b|\bfix(?:e[sd])?\b|\bsolve[sd]?\b|\bresolve[sd]?\b|\bhelp(?:s|ed)\b|\bsettle[sd]\b|\bgoes away|\bwent away|\bdisappear\w*|\bworks? (?:now|again|after|with|from|if|when|once)\b|\bworked (?:after|with|once)\b|\bit (?:works|runs)\b|\binstalls fine|解决|搞定|就好了|就可以|可以了|恢复|才行|就行|即可|才可以|才能",
    "lacks": r"\bno\b|\bnot\b|n't\b|\bwithout\b|\black(?:s|ed|ing)?\b|\bmissing\b|\babsent\b|\bnone\b|\bforgot\w*|没有|缺少?|未安装|没装|未",
    "install": r"\b(?:re)?install\w*|\bget(?:s|ting)?\b|\bgot\b|\bset ?up\b|\bpulls?\b|\bdownload\w*|\bbrings?\b|\btakes?\b|安装|装了|装的|下载",
    "reinstall": r"\bre-?install\w*|\bforce-reinstall|\bdelet\w+|\bremov\w+|\bclean install|\bfrom scratch|\bfresh (?:env\w*|venv|install)|\bnew (?:env\w*|venv)|重新?安装|重装|删除|删掉|卸载",
    "update": r"\bup(?:dat|grad)\w*|\bnewer\b|\blatest\b|\bmore recent\b|更新|升级",
    "downgrade": r"\bdown(?:grad)?\w* (?:to|it|python|torch|numpy)|\bdowngrad\w*|\bolder\b|\bearlier version|\bback to\b|换成|换回|改用|\bpinn?(?:ed|ing)?\b|\blower(?:ed|ing)?\b|降级|降到|换成旧|低版本",
    "old": r"\btoo old\b|\bold(?:er)?\b|\boutdated\b|\bobsolete\b|\bancient\b|\btoo low\b|\bdoes not support\b|\bnot supported\b|太旧|过旧|过低|太低|太老|不支持|不足",
    "new": r"\btoo recent for|\btoo new\b|\btoo recent\b|\bnewer\b|\bbrand[- ]new\b|太新|过新|太高|过高",
    "gone": r"\banswers? no\b|\bno more\b|\bno answer since|\bwithdrawn\b|\bremoved\b|\bdeleted\b|\bgone\b|\bshut ?down\b|\bclosed\b|\bno longer (?:kept up|maintained|updated|there|exist\w*|available|on|served|serves|offered|hosted)|\bdiscontinued|\btaken (?:down|off)|\bexpired\b|\bends? of life|\b404\b|\bnever (?:existed|was|released)|\bdoes not exist|\bdead\b|\bdecommission\w+|停止(?:服务|维护|更新)|下线|关闭了?|已停|不存在|撤|失效",
    "other": r"\banother\b|\bother\b|\bdifferent\b|\bwrong\b|\bsystem(?:'s)?\b|\bsystem-wide\b|\bglobal(?:ly)?\b|\bbase\b|\broot env|\bdefault\b|\bsecond\b|\bthird\b|\btwo\b|\bseveral\b|\bboth\b|另一个|其他|别的|不同|系统|全局|两个|多个|默认",
    "chosen": r"\bchos\w+|\bchoos\w+|\bselect\w*|\bset(?:ting)?s?\b|\bpoint(?:s|ed|ing)? (?:at|to)|\bbelongs? to|\bpicks?\b|\bconfigured|\bswitch\w*|\bruns?\b|\buses?\b|\bcalls?\b|\bstart(?:s|ed)\b|\blaunch\w*|\bfinds?\b|\btook\b|选的是|选择|选成|切换|设置|设成|指向|使用|用的是",
    "two": r"\btwo\b|\bboth\b|\bsecond\b|\btwice\b|\bdouble\b|\bduplicate\w*|\bmultiple\b|\bseveral\b|\bmixed?\b|\bmixing\b|\balso (?:from|by|via|with)\b|\banother copy|\bearlier\b|\bstray\b|\bleft ?over|两个|两份|重复|混用|同时|多个",
    "model": r"\bmodels?\b|\bcheckpoints?\b|\bhugging ?face|\bweights\b|\bdatasets?\b|模型|数据集",
    # -- where code runs
    "editor": r"\bVS ?Code\b|\bVSCode\b|\bvisual studio code\b|\bpycharm\b|\bintellij\b|\bspyder\b|\bsublime\b|\bn?vim\b|\bneovim\b|\bemacs\b|\bIDEs?\b|\beditors?\b|\bIDLE\b|\bthonny\b|\bcode runner\b|\bpylance\b|\beclipse\b|\bpydev\b|\bcursor\b(?! (?:position|move))|\bextension's python|\brstudio\b|\breticulate\b|编辑器",
    "notebook": r"\bjupyter\w*|\bi?python notebook|\bipython\b|\bnotebooks?\b(?! (?:PC|computer|with|GPU))|\bipykernel\b|\bkernelspec|\bkernel\.json|\bkernel (?:is|of|was|python|belongs|points|uses|runs|menu)|\bcolab\b",
    "terminal": r"\bterminal\b|\bcmd\b|\bcommand (?:line|prompt)|\bconsole\b|\bprompt\b|\bshell\b|\bpowershell\b|\bREPL\b|\binteractive\b|命令行|终端|控制台",
    "interpreter": r"\binterpreters?\b|\bpython(?:\d(?:\.\d+)?)?\b|\benv(?:s|ironments?)?\b|\bvirtualenvs?\b|\bvenvs?\b|\bkernel\b|\b(?:mini|ana)conda\d?\b|\bmini(?:forge|mamba)\d?\b|解释器|环境",
    "pip": r"\bpip\d?\b|\bconda\b|\buv\b|\bpoetry\b|\bpipenv\b|\bpixi\b|\bmamba\b",
    "launcher": r"\bsudo\b|\bcron\b|\bas a service\b|\bsystemd\b|\bdouble[- ]click\w*|\bfile association|\bgit bash\b|\bmingw\w*|\bmsys\w*|\bshebang\b|\bpy launcher\b|\bpy -3|\bnot activated|\bwithout activat\w+|\bnever activated|\balias(?:ed)?\b|\.bat\b|\.cmd\b|\bshortcut\b|\bactivat\w+ (?:was|is|were|has) (?:not|never)|\bforgot to activate|\bdid not activate|\bROS ?2?\b|\bWindows Store\b|\bMicrosoft Store\b|\bblender\b|\bmaya\b|\bembedded\b|\btorchrun\b|\bPATH (?:is|has|puts|order|finds|starts)|\bfirst (?:on|in) (?:the )?PATH|没有?激活|未激活",
    "made": r"\b(?:is|was|gets|got|are|were) (?:made|created|built|set up)\b|\b(?:makes|creates|created|made)\b|创建|建的",
    "wrong-one": r"\bwrong (?:one|python|version|interpreter|env\w*)|\b(?:with|by|of|under) another version\b|\bnot the one\b",
    "outside": r"\boutside (?:of )?(?:it|the|this|that|any|its|my)\b|\binto (?:another|the (?:wrong|system|global|base))\b",
    "broke": r"\bbroken\b|\bcorrupt\w*|\bdamaged\b|坏了|损坏",
    "true": r"\bTrue\b",
    "false": r"\bFalse\b",
    "pythonpath": r"\bPYTHONPATH\b",
    "notebook-cell": r"\bin (?:the|a) cell\b|!pip\b|%pip\b|\bcell (?:says|prints|shows)",
    "openmp": r"\blibiomp5md|\blibomp\b|\bmkl_\w+\.dll|\bSystem32\b",
    "conda-and-pip": r"\bconda\b.{0,70}\bpip\b|\bpip\b.{0,70}\bconda\b",
    "old-python": r"\bpython ?(?:2\.\d|3\.[0-6])\b",
    "mac": r"\bMac\b|\bmac ?OS\b|\bMacBook\b",
    "building": r"\bsetup\.py\b|\bduring (?:the |pip |its )?(?:install|build)\w*|\bbuilding the wheel|\bto build (?:the )?wheel",
    "kmp": r"\bKMP_DUPLICATE_LIB_OK\b",
    "instead": r"\binstead\b|\brather than\b|\bhid(?:es|den|ing)\b|\bshadow\w*|\bwins?\b|\bloaded first|\bfound first|\bis imported|\bprecedence|覆盖|优先",
    "named-mirror": r"\bmirrors?\b|\btuna\b|\btsinghua\b|\baliyun\b|\bustc\b|\bnju\b|\bsjtu\b|\bbfsu\b|镜像|清华|阿里|中科大|南大",
    "least": r"\bat least\b|\bor (?:newer|later|higher|above)\b|\btoo old\b|\bminimum\b|\bneeds? python|\brequires? python|>= ?3\.|以上|太旧|太低",
    "torch-version": r"\btorch[= ]+v?\d|\bLTS (?:wheels?|version|release|build)",
    # -- torch and its build
    "torch": r"\b(?:py)?torch\b|\bpytroch\b",
    "import": r"\bimport\w*|\bmodule\b|导入",
    "cpu": r"\bcpu\b|\bcpuonly\b|\+cpu\b",
    "cpu-build": r"\bno nvidia-\w+(?:(?:,| or| and) nvidia-\w+)* (?:packages?|wheels?)\b|\bcpu[- _]?(?:only|build|version|wheel|variant|torch|pytorch|package)|\+cpu\b|\bnon-(?:cuda|gpu)\b|\bwithout (?:cuda|gpu support)|\bcpu ?版|\bno cuda (?:in|for|support)|\bcpuonly\b|\b_cpu_|CPU ?専用|\bis (?:for )?(?:the )?cpu\b|\bdoes not include cuda|没有cuda",
    "on-cpu": r"\b(?:on|uses?|using|used|with|to|by|shows?|says?|prints?|only|device(?: is|:|=)?|via) (?:the |my |only |its )?['\"]?cpu\b|\bcpu (?:mode|is used|instead|only|usage|at)|用的?是? ?cpu|跑在 ?cpu|\bcpu ?(?:上|跑|运行)|使用 ?cpu|显示(?:是|为)? ?cpu",
    "gpu-idle": r"\b(?:gpu|card|graphics|cuda|rtx[\w ]*|gtx[\w ]*) (?:is |was |are |does |did |has |usage |utili[sz]ation |stays |remains |load )?(?:not (?:used|detected|recogni[sz]ed|found|seen|available|working|get|being)|unused|idle|unavailable|at 0|0 ?%|ignored)|\b(?:gpu|card|cuda) (?:can ?not|could not|can't) be (?:used|found|detected|seen|selected|enabled)|\b(?:not|n't|never|cannot|unable to) (?:\w+ ){0,2}?(?:use|using|used|detect\w*|recogni[sz]e\w*|see|sees|find|finds|found) (?:the |my |any |a |its )?(?:nvidia )?(?:gpu|card|graphics|cuda|rtx|gtx)|\b0 ?% (?:of the )?gpu|\bis_available\(?\)? ?(?:\S+ ){0,3}?false|GPU[^;。]{0,16}(?:使われない|使えない|認識され(?:ない|ません)|使用されない)|\bno (?:usable |supported |suitable |compatible )?(?:nvidia )?(?:graphics )?(?:gpu|cuda|card)\b(?! toolkit)|显卡(?:没有?|不|未)|用不[了上]|识别不|检测不到|不能使用 ?gpu|没有使用 ?gpu",
    "gpu": r"\bgpus?\b|\bcuda\b|\bnvidia\b|\brtx\b|\bgtx\b|\bgeforce\b|\btesla\b|\bquadro\b|\b[34]0[5-9]0(?:ti|s)?\b|显卡|\bn卡",
    "has-gpu": r"\b(?:has|have|with|on|got|supported|working|owns?|there is|is there|my|an?|the) (?:an? |the |my )?(?:\w+ ){0,3}?(?:gpu|nvidia|cuda (?:device|gpu|card|\d)|rtx|gtx|geforce)\b|\bcuda (?:toolkit )?\d|有(?:显卡|gpu)|本来就有cuda|显卡(?:是|为)?\d",
    "no-card": r"\b(?:only|just) (?:an? )?(?:intel|integrated)|\bintel (?:u?hd|iris)\b[^.;]{0,20}\bonly\b|\bgraphics only\b|\b(?:no|without|lacks|lacking|n't have) (?:an? |any )?(?:dedicated |discrete |nvidia |usable |graphics )*(?:gpus?|cards?|graphics)\b|\bcpu-only (?:machine|node|server|box|laptop|runner|host)|\bruns on a cpu|\bGitHub Actions|\bCI (?:runner|job|machine)|没有(?:独立|英伟达|nvidia|n)? ?(?:显卡|独显|gpu)",
    "cuda-build": r"\bcuda (?:build|version|wheel|torch|pytorch)|\+cu\d|\bcu\d{2,3}\b|\bgpu (?:build|version|wheel|torch)|\bcuda-enabled|\bgpu ?版|\bcuda ?版|/whl/cu",
    "blackwell-build": r"\bcu12[89]\b|\bcu13\d\b|\bCUDA[ -]?(?:12\.[89]|13)|\bnightl(?:y|ies)\b|\btorch[ =]*2\.(?:[7-9]|1\d)\b",
    "zombie": r"\bzombies?\b|\borphan\w* process\w*|\bdefunct\b|僵尸进程",
    "cuda-index": r"/whl/(?:nightly/)?cu\d",
    "python-version": r"\bpython ?(?:3\.\d+|2\.\d)|\bpy3\d+|\b3\.(?:[5-9]|1\d)(?:\.\d+)?\b|\bcp3\d+",
    "wheel": r"\bwheels?\b|\bwhl\b|\bbinar(?:y|ies)\b|\bbuilds?\b|\bpackages?\b|\bdistribution|安装包",
    # -- where things come from
    "mirror": r"\bmirrors?\b|\bindex\b|\bchannels?\b|\bsource\b|\bPyPI\b|\btuna\b|\btsinghua\b|\baliyun\b|\bustc\b|\bdouban\b|\bnju\b|\bsjtu\b|\bnanjing\b|\bbfsu\b|镜像|清华|阿里|豆瓣|中科大|南大|源\b|源里|源中|pytorch\.org|anaconda\.(?:org|com)",
    "download": r"\bdownload\w*|\bconnect\w*|\binstall\w*|\bfetch\w*|\breach\w*|\bnetwork\b|\binternet\b|下载|连接|网络|访问|安装",
    "blocked": r"(?:\bnot|n't) be contacted|\bpacket loss|\bunstable (?:network|connection|line)|--(?:default-)?timeout\b|--retries\b|断掉|断了|中断|断线|断网|掉线|\bslow\w*|\btime[sd]? ?out|\btimeouts?\b|\bblocked\b|\bfirewall\b|\bunreachable|\bcan(?:no|')t be reached|\bdoes not answer|\bno answer|\bno response|\breset\b|\boffline\b|\bair-?gapped|\bno (?:internet|network|connection)|\bfilter\b|\b403\b|\bforbidden\b|\b5\d\d\b error|\bis down\b|\b50[0-4]\b|\bair-?gapped\b|\bstall\w*|\bstuck\b|\bKB/s|\bgreat firewall|\bwhole of China|超时|太慢|很慢|龟速|每秒|几十 ?[kK]|几百 ?[kK]|\baccess denied\b|被墙|连不上|打不开|断开|卡住|下不动|下载不下来|下载不了",
    "sync": r"\bsync\w*|\bout of date\b|\bstale\b|\bnot updated|同步|更新失败|没有?更新|未更新",
    "dev-build": r"\bnightl(?:y|ies)\b|\bdev\d{8}",
    "proxy": r"\bprox(?:y|ies)\b|\bVPN\b|\bclash\b|\bv2ray\w*|\bshadowsocks\b|\bfiddler\b|\bcharles\b|\bHTTPS?_PROXY\b|代理|梯子|翻墙|科学上网",
    "switched": r"\boff\b|\bdisabl\w*|\bunset\w*|\bwithout\b|\bturn\w*|\bclos\w*|\bquit\w*|\bremov\w*|\bclear\w*|\bon\b|\bno_proxy\b|关(?:闭|掉|了)|取消|断开",
    "certificate": r"\bcertificates?\b|\bSSL\b|\bTLS\b|\bCA bundle|\bcertifi\b|\bself-signed|\bZscaler\b|\bntp\b|\bsystem clock\b|证书|系统时间",
    "config": r"\btrusted-host\b|(?<!\w)-i\b|--index\b|\b(?:default|extra|second|first|own) index\b|\bpip\.(?:conf|ini)\b|\bpip config|\bcondarc\b|\.condarc\b|\bextra-index-url\b|\bindex-url\b|\bfind-links\b|\buv\.toml\b|\btool\.uv\b|\bPIP_\w+\b|\bindex-strategy|配置",
    "precedence": r"\bloses\b|\blost to\b|\bfalls? back|\balways\b|\bonly adds?\b|\breplac\w*|\binstead of|\bequal\w*|\bprecedence\b|\bwins?\b|\boverrid\w*|\bignor\w*|\bconflict\w*|\border\b|\bpriorit\w*|\btak(?:es|en)\b.{0,20}\bPyPI|\bfrom PyPI|\bin force\b|\bpins?\b|优先|覆盖|忽略|冲突",
    # -- the computer
    "path": r"/usr/(?:local/)?bin\b|\b[a-z]:\\|\bprofiles?\b|\baccounts?\b|\busers?\b|\bpaths?\b|\bfolders?\b|\bdirector(?:y|ies)\b|\buser ?names?\b|\buser's name|\bfile ?names?\b|\bhome\b|\bTEMP\b|\blocation\b|\bname of the (?:user|folder|file)|\buser whose name|路径|用户名|目录|文件夹|文件名",
    "foreign": r"[\u00c0-\u024f\u0400-\u04ff]|\b[a-z]:\\[^\s\"]{0,120}[\u0400-\u9fff]|\b(?:german|french|polish|spanish|turkish|vietnamese|thai|hebrew)\b (?:letters?|characters?|name)|\bnon[- ]?ascii\b|\bnot ascii\b|\boutside ascii|\bchinese\b|\bcyrillic\b|\bjapanese\b|\bkorean\b|\brussian\b|\bgreek\b|\barabic\b|\baccent\w*|\bumlauts?\b|\bdiacritic\w*|\bunicode\b|\bspecial characters?|\bspecial letters?|\bCJK\b|\bhan characters|\bhangul\b|\bemoji\b|\bplain path|\bascii(?:-only)? (?:path|letters|only|name)|\benglish (?:path|letters|name|characters)|中文|特殊字符|非 ?ascii|全英文|英文路径",
    "disk": r"\bdisks?\b|\bwritable layer|\bfile ?systems?\b|\boverlay\b|\bdrives?\b(?!r)|\bC:|\btmpfs\b|/tmp\b|\bTMPDIR\b|\bpartition\b|\bvolume\b|\bquota\b|\bcache (?:folder|dir\w*)|\bstorage\b|磁盘|硬盘|[CD]盘|空间",
    "full": r"\bfull\b|\bsmall\b|\blow\b|\bspace\b|\bfree\b|\bexhaust\w*|\bexceed\w*|\bran out|\bfilled\b|\bonly \d+ ?[GM]i?B|满|不足|不够",
    "ram": r"\bmemory error|\bRAM\b|\b(?:system |main |host |computer'?s? )?memory\b(?! leak)|\bpage ?file\b|\bpaging file\b|\bswap\b|\bvirtual memory\b|\bcommit limit\b|\bOOM\b|(?<!显)内存|虚拟内存|页面文件|交换",
    "short": r"\bmemory error|\blow\b|\bsmall\b|\bnot enough\b|\binsufficient\b|\bfull\b|\braise\w*|\bincreas\w*|\benlarg\w*|\blarger\b|\bbigger\b|\bexhaust\w*|\bran out|\bout of\b|\bkilled\b|\bonly\b|\b(?:[1-9]|1[0-6]) ?GB? (?:of )?(?:RAM|memory)|\bfewer workers|\bnum_workers\b|不足|不够|太小|调大|增大|调小",
    "vram": r"\bVRAM\b|\bGPU(?:'s)? (?:memory|RAM)|\bvideo memory|\bmemory of the (?:GPU|card)|显存",
    "taken": r"\btaken\b|\bheld\b|\boccup\w*|\bin use\b|\bused by\b|\bfull\b|\banother process|\bother (?:process\w*|user)|\bzombie\b|\bcrashed\b|\bkilled\b|\bnot freed|\bnot released|\bleft running|占用|占满|不足|没释放",
    "shm": r"--shm-size|\bshared memory\b|/dev/shm|--ipc|共享内存",
    "corrupt": r"\b(?:wheel|archive|download|file|cache|copy)\b.{0,40}\b(?:is|was|are|were|arrive[sd]?) (?:broken|bad|incomplete|invalid|empty)|没下载完|\bcorrupt\w*|\btruncat\w*|\bincomplete\w*|\bdamag\w*|\bpartial(?:ly)? download\w*|\bhash\w*|\bchecksum\w*|\bbroken (?:wheel|download|archive|file)|\bhalf (?:a |the )?(?:file|download)|损坏|不完整|校验",
    "remains": r"\bstill (?:held|open|in use|loaded)|\bheld (?:its|the|by)|\bcould not (?:be )?remove|\bremains?\b|\bleft ?overs?\b|~orch|\bhalf[- ](?:installed|removed|uninstalled)|\bpartial(?:ly)? (?:installed|removed|uninstalled|install\w*)|\binterrupt\w*|\babort\w*|\bfiles? (?:is|are|was|were|in|of)[^.;]{0,30}\b(?:missing|locked|in use|deleted|empty)|\bin use by\b|\blocked\b|\bcancell?ed\b|\bantivirus\b|\bdefender\b|\bquarantin\w*|残留|中断|被占用|杀毒",
    "os-name": r"\bWindows (?:7|8|8\.1|XP|Vista|Server 20(?:08|12))\b|\bmac ?os (?:X )?(?:10\.\d+|1[0-3])\b|\bCentOS (?:[5-7])\b|\bUbuntu 1[2-8]\b|\bRHEL ?[67]\b|\bHigh Sierra\b|\bMojave\b|\bCatalina\b|\bMonterey\b",
    "apple": r"\bApple silicon\b|\bM[1-5](?: (?:Pro|Max|Ultra))?\b|\barm64 Mac|\bMac ?book\b",
    "x86-python": r"\bRosetta\b|\bx86[-_]64 (?:python|conda|miniconda|anaconda|homebrew|brew)|\bi386\b|\bosx-64\b|\bIntel (?:build|version) of (?:python|conda|anaconda)|\bmacOS-x86",
    "no-wheel-platform": r"\bIntel[- ](?:based )?(?:Mac|iMac|MacBook)\w*|\bi?Mac(?:Book)?\w*(?: \w+){0,2} (?:with|on|of) (?:an? )?Intel|\bIntel (?:processor|CPU|chip)[^.;]{0,20}\bMac|\bRaspberry Pi|\barmv[67]\w*|\b32-bit ARM|\bAlpine\b|\bmusl\b|\bWindows on ARM|\bSnapdragon\b|\bFreeBSD\b|\bs390x\b|\bppc64\w*|\bpowerpc\b|\bTermux\b|\bAndroid\b|\briscv\w*|\bloong\w*|\bnot of (?:the )?M series",
    "bits32": r"\b32[- ]?bit\b|\bwin32\b|\bx86 (?:python|version|build|installer)|\(x86\)|32 ?位",
    "pypy": r"\bpypy\d?\b|\bgraalpy\b|\bjython\b|\bironpython\b",
    "no-gil": r"\bfree[- ]?thread\w*|\bno-?gil\b|\bdisable-gil\b|(?<![\d.])3\.1[3-9]t\b",
    "no-avx": r"\b(?:no|without|lacks?|missing|not support\w*|n't support) (?:the )?(?:\w+ )?AVX2?\b|\bold (?:CPU|processor)|\bCeleron\b|\bPentium\b|\bAtom\b|\bCore ?2\b|\bPhenom\b|不支持 ?AVX",
    # -- parts of an installation
    "companion": r"\btorch ?(?:vision|audio|text)\b",
    "symbol": r"\b(?:undefined|missing|unresolved) symbols?\b|\bsymbols? (?:is |was |are )?(?:not found|undefined|missing)|\bentry point\b|符号未定义|未定义(?:的)?符号",
    "mismatch": r"\bbeside\b|\bmismatch\w*|\bmatch\w*|\bincompatib\w*|\bcompatib\w*|\bbelongs? to torch|\bbuilt (?:for|against|with)|\bcompiled (?:for|against|with)|\bfor (?:torch|another|a different|an older|a newer)|\bdiffer\w*|\bgo(?:es)? with|不匹配|不兼容|不对应|版本不",
    "numpy": r"\bnumpy\b",
    "numpy-2": r"\bnumpy ?(?:==|>=|version|is|was|at|to|\()?[ =]*(?:2\b|2\.|<\s?2|1\.)|\bnumpy 2|\bnumpy<2",
    "vcredist": r"\bvisual c\+\+|\bvc[_ +]*redist\w*|\bredistributables?\b|\bmsvc run-?times?\b|\bc\+\+ run-?times?\b|\bvcruntime\w*|\bmsvcp\w*|\bvcomp\w*|运行库",
    "library": r"\bdlls?\b|\.dll\b|\.so\b|\.dylib\b|\blibrar(?:y|ies)\b|\bcudnn\b|\bcublas\b|\bmkl\b|\blibiomp\w*|\bopenmp\b|\blibomp\w*|\bnvrtc\b|\blibstdc\w*|\bzlibwapi\b|动态库",
    "torch-dll": r"\b(?:fbgemm|c10|c10_cuda|torch_cpu|torch_python|torch_cuda|caffe2\w*|shm|asmjit|uv|libomp140\S*|cudnn\w*|cublas\w*|cufft\w*|nvrtc\w*|cudart\w*)\.dll\b",
    "dll-init": r"\bdlls?\b[^.;]{0,24}\binitiali[sz]\w+|初始化例程|\bWinError 1114",
    "mixed": r"\bKMP_DUPLICATE_LIB_OK\b|\blibiomp5?\w*|\bopenmp\b|\bmkl\b|\bnomkl\b|\bintel-openmp\b",
    "duplicate": r"\bpytorch \d[\d.]*\b.{0,60}\btorch \d[\d.]*|\btwo (?:copies|torch\w*|versions|installations)|\bboth conda and pip|\bby (?:conda|pip) and (?:again )?(?:by )?(?:pip|conda)|\b(?:pytorch|torch) (?:from|of) conda\b.{0,40}\bpip\b|\btwice\b|\bsecond (?:torch|copy)|\bboth (?:torch|pytorch)|\b(?:several|multiple|two|more than one) (?:\w+ ){0,2}?(?:py)?torch (?:versions|builds|copies|packages|installations)\b|两个版本的|两份",
    "user-site": r"\bpython3? -s\b|\buser[- ]site\b|\.local/lib\b|\.local\b|\bpip install --user\b|--user\b|\bPYTHONNOUSERSITE\b|\bappdata\\roaming\\python|\bRoaming\b",
    "cwd": r"\bPYTHONPATH\b|\bclone\b|\brepository\b|\bcurrent (?:folder|directory|working)|\bworking (?:folder|directory)|\bcwd\b|\bsource (?:tree|checkout|folder|directory)|\brepo(?:sitory)? (?:root|folder)|\bcloned? (?:pytorch|repository)|\bother (?:folder|directory)|\banother (?:folder|directory)|\bsame folder|\bsys\.path\b|当前目录|同名",
    "named": r"(?<!module )\b(?:named|called|name is|renam\w+) [^.;]{0,14}?\b(?:file|script|folder|program|notebook|torch\.py|\w+\.py)\b|(?:file|script|folder|program|notebook|package|director\w+|it)\b[^.;]{0,24} (?:named|called|name is|renam\w+)\b[^.;]{0,24}\b(?:torch|random|onnx|typing|queue|select|types|numpy|code|copy|token|inspect|enum|string|logging|dataclasses|calendar|math|triton)(?:\.py)?\b|\btorch\.py\b|命名为",
    "base-env": r"\b(?:debian|ubuntu|fedora|arch|the system|homebrew|the distribution)(?:\'s)? (?:own )?python|\bnotwritable|\bbase (?:env\w*|conda)|\bsystem(?:'s)? python\b|\bdebian's python|\bdistribution's python|\bexternally[- ]managed|\bbreak-system-packages|\bPEP ?668\b|\bread-only\b|\bnot writ\w+",
    "isolation": r"\bbuild isolation\b|--no-build-isolation|\bisolated (?:build )?env\w*|\bpip's own (?:build )?env\w*|\bbuild env\w*",
    "compiler": r"\bcompilers?\b|\bcl\.exe\b|\bMSVC\b|\bg\+\+|\bgcc\b|\bVisual Studio\b(?! Code)|\bbuild tools\b|\bclang\b|\bPython\.h\b|编译器",
    "toolkit": r"\bnvcc\b|\bcuda toolkit\b|\bCUDA_HOME\b|\bcuda_path\b",
    "extension": r"\bmmcv\w*|\bdetectron2\b|\bflash[-_]?att\w*|\bxformers\b|\bbitsandbytes\b|\bdeepspeed\b|\bapex\b|\btorch[-_ ]?(?:scatter|sparse|cluster|geometric)|\bpytorch3d\b|\bspconv\b|\bcustom (?:op|kernel|cuda)|\bextension (?:was|is|of|built|compiled)|\bctranslate2\b|\bonnxruntime\b|\btriton\b|\bsageattention\b",
    # -- GPU, driver, containers
    "driver": r"\bdrivers?\b|驱动",
    "nvidia-smi": r"\bnvidia-smi\b",
    "other-build": r"\+rocm\d|\+xpu\b|\b(?:rocm|xpu) (?:build|version|wheel|torch|pytorch)\b",
    "amd": r"\bAMD\b(?! (?:EPYC|Ryzen|CPU|Threadripper))|\bRadeon\b|\bRX ?\d{3,4}\b|\bROCm\b|\bMI\d{2,3}\w?\b|\bgfx\d+",
    "intel-gpu": r"\bIntel (?:Arc|Iris|UHD|HD|GPU|graphics)|\bArc [AB]\d{3}|\bXPU\b|核显|集成显卡",
    "unsupported": r"\bnot support\w*|\bno longer support\w*|\bunsupported\b|\bdropp?(?:ed|s)? (?:support )?|\bdoes(?:n't| not) support|\bneeds? (?:cu\d{3}|CUDA \d|torch|a (?:newer|older))|\brequires? (?:cu\d{3}|CUDA \d|sm_)|\bsm_\d{2,3}\b|\bcompute capability\b|\barch(?:itecture)? list|\bno kernels?\b|\b(?:add|keep|restore|bring back) (?:the )?support\b|不支持|算力|能不能支持|能否支持|是否支持",
    "new-gpu": r"\bRTX ?(?:PRO |50[5-9]0)|\b50[5-9]0\b|\bBlackwell\b|\bB[23]00\b|\bsm_1[02]\d\b|\bGB[12]0\d\b|\b5060\b",
    "old-gpu": r"\bKepler\b|\bMaxwell\b|\bPascal\b|\bVolta\b|\bK(?:10|20|40|80)[mcsx]?\b|\bM(?:4|10|40|60)\b|\bP(?:4|6|40|100)\b|\bV100\b|\bGTX ?(?:[6-9]\d\d|10[5-8]0)\b|\bGT ?\d{3}\b|\bQuadro [KMP]\d+|\bsm_(?:3\d|5\d|6\d|70)\b|\bcompute capability [3-6]\.",
    "module": r"\b(?:nvidia|kernel|driver|dkms)(?:[- ]open)?(?: kernel)? modules?\b|\bmodule (?:keys?|signature\w*|still|itself)\b|\bnvidia[-_.](?:ko|drm|modeset)\b|\bdkms\b|\bakmods?\b|\bmokutil\b|\bMOK\b|\bsecure ?boot\b|\bsig_enforce\b|内核模块|安全启动",
    "gives": r"\bgives?\b|\bgave\b|\byields?\b|\bprovides?\b|得到",
    "wsl": r"\bWSL ?[12]?\b",
    "container": r"\bdocker\b|\bcontainers?\b|\bpodman\b|\bkubernetes\b|\bpod\b|\bimage\b|\bcompose\b|容器",
    "no-gpu-flag": r"--gpus\b|\bnvidia[- ]container[- ]\w+|\bnvidia[- ]docker\w*|\bnvidia runtime|--runtime[= ]nvidia|\bdeploy\.resources|\bdevice plugin|--nv\b|--device[= ](?:nvidia|/dev/nvidia)",
    "hidden": r"\bCUDA_VISIBLE_DEVICES\b|\bHIP_VISIBLE_DEVICES\b",
    "set-wrong": r"\bempty\b|\bset(?:s|ting)?\b|-1|\bnon-?exist\w*|\bcomment\w*|\bempties\b|\boverwrit\w*",
    "reboot": r"\brebooti?n?g?(?:ed)?\b|\brestart\w*|\bpower[- ]cycl\w*|重启",
    "suspend": r"\bsuspend\w*|\bresum\w*|\bsleep\b|\bhibernat\w*|\bwakes?\b|休眠|睡眠",
    "lost": r"\bfell off\b|\blost\b|\bXid\b|\bdisappear\w*|\bPCIe\b|\briser\b|\boverheat\w*|\bpower supply\b",
    "permission": r"\bpermission\w*|\bvideo group|\brender group|/dev/(?:nvidia|kfd)\S* (?:is |are )?(?:not )?(?:readable|writable|accessible|owned)|\bSELinux\b|\brootless\b|\bwithout root\b|\bonly (?:as|with) (?:root|sudo)|权限",
    "fabric": r"\bfabric ?manager\b|\bnvswitch\b",
    "mig": r"\bMIG\b",
    "exclusive": r"\bexclusive\b|\bE\. ?(?:Process|Thread)\b|\bcompute mode\b",
    "compat": r"\bcuda-compat\b|\bcompat (?:library|package|folder)|\bstray libcuda\b|\bforward compat\w*|/compat\b",
    "no-driver": r"\bno (?:nvidia )?drivers?\b|\bdrivers? (?:is|was|are|were)? ?(?:not|never) (?:been )?installed|\bwithout (?:a |the |nvidia )?drivers?\b|\bnouveau\b(?! (?:is|was) (?:not|black)| (?:black|disab))|\bMicrosoft(?:'s)? Basic\b|没有?(?:安?装)(?:显卡)?驱动",
    "nightly": r"\bnightl(?:y|ies)\b|\bdev\d{8}|\bLTS\b|\brelease candidate\b|\bversion \d[\w.+]*",
}


@functools.cache
def _compiled(name: str) -> re.Pattern[str]:
    return re.compile(NOTIONS[name], re.IGNORECASE | re.ASCII)


def has(sentence: str, name: str) -> bool:
    """Whether the sentence holds the notion."""
    return _compiled(name).search(sentence) is not None
