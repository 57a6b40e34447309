"""What people say in their own words of Pythons, environments and where packages come from.

Remarks are weaker than a program's words. `WORDS` count wherever they stand; `SENTENCES` only outside of a label with
its value.
"""

from __future__ import annotations

from envdoctor.intake.families.clauses import WORKS

__all__ = ["SENTENCES", "WORDS"]

_TORCH = r"(?:py)?torch(?:vision|audio)?"

WORDS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "said-unreachable",
        (
            "无法访问",
            "访问不了",
            "打不开",
            "连不上",
            "无法连接",
            "is down",
            "unreachable",
            "not accessible",
            "can't be reached",
            "cannot be reached",
        ),
        r"(?P<subject>https?://[^\s，。,'\"<>]{6,200})[^\n]{0,40}(?:无法访问|访问不了|打不开|连不上|无法连接|is down|unreachable|not accessible|can(?:'t|not) be reached)"
        r"|(?:无法访问|访问不了|打不开|连不上|无法连接|is down|unreachable|not accessible|can(?:'t|not) be reached)[^\n]{0,40}?(?P<other>https?://[^\s，。,'\"<>]{6,200})",
    ),
    (
        "said-download-timeout",
        ("超时", "太慢", "too slow", "kb/s", "no response"),
        r"(?:pip|conda|install|pytorch)[^\n]{0,60}too slow\b[^\n]{0,80}(?:kb/s|download|terminated|no response)"
        r"|(?:pip|conda|install)[^\n]{0,80}(?:terminated|stopp\w+) because of no response"
        r"|(?:torch|whl|安装包)[^\n。；;]{0,20}下载[^\n。；;]{0,6}太慢|(?:pip|torch|安装|whl|依赖)[^\n。；;]{0,40}(?<!模型)超时(?![^\n。；;]{0,20}模型)",
    ),
    (
        "said-works-in-jupyter",
        ("jupyter", "ipython", "notebook"),
        r"(?:jupyter|ipython|notebook)[^\n.;，]{0,20}(?:torch|it)\b(?:(?!\bnot?\b|n't|\bfail|\berror|\bcan)[^\n.;]){0,16}\bimport(?:s|ed)\b(?! error)|(?:works?|imports?|fine|ok|succe\w+)(?:(?!\bnot?\b|n't|\bfail)[^\n.;,]){0,24} (?:in|with|from|inside) (?:(?!\bnot?\b|\bbut\b|\bfail|\berror|\bterminal)[^\n.;]){0,40}?(?:jupyter|ipython|notebook)|(?:jupyter|ipython|notebook)[^\n.;，]{0,20}(?:works|is fine|可以|正常|没问题)",
    ),
    (
        "said-no-user-site",
        ("pythonnousersite", "python3 -s ", "python -s "),
        r"PYTHONNOUSERSITE|python3? -s\b",
    ),
    (
        "said-no-torch",
        (
            "torch is missing",
            'import "torch" could not be resolved',
            'import "torch" 无法',
            "torch is not installed",
            "torch not installed",
            "without torch",
            "has no torch",
            "pytorch is not installed",
            "torch isn't installed",
            "lacks torch",
            "torch is not found",
        ),
        r"torch is missing|\bTorch not installed|could not be resolved|无法|torch is not (?:installed|found)|torch isn't installed|(?:without|has no|lacks) torch(?![\w.])",
    ),
    (
        "said-other-python",
        (
            *("the system", "another", "a third", "different", "the wrong", "the base", "base's", "system's"),
            *("pip install", "conda install", "alias p", "where python", "which python", "it works"),
        ),
        r"(?:runs?|uses?|used|resolves? to|picks?|takes?|calls?|starts?|finds?|points? (?:at|to))\b[^\n;.]{0,30}\b(?:the system|another|a third|(?:a )?different|the wrong|the base|base's|system's) ?(?:Python|interpreter|env\w*|pip)|(?:pip|conda) installs? (?:it |them )?(?:in)?to [^\n;]{3,160}|alias (?:python|pip)\d?=|where python ?->|which python ?->|\bin the (?:terminal|base env\w*|other env\w*) it works",
    ),
    (
        "said-works-elsewhere",
        (
            "works in a terminal",
            "works in the terminal",
            "from the terminal it works",
            "works from the terminal",
            "fails in the notebook",
            "works in the console",
            "works in cmd",
            "works on the command line",
        ),
        "",
    ),
    (
        "said-foreign-path",
        (
            "non-ascii",
            "chinese",
            "中文",
            "unicode path",
            "accent",
            "umlaut",
            "cyrillic",
            ":\\",
            "/users/",
            "/home/",
        ),
        r"non-ASCII|Chinese (?:character|letter|user ?name|path|folder)|中文(?:路径|用户名|字符|目录)|(?:path|folder|user ?name)[^\n]{0,40}(?:accent|umlaut|Cyrillic)|[A-Za-z]:\\[^\n\"'<>|?*]{0,160}?(?-i:[^\x00-\x7f])[^\n]{0,60}[\\/]|/(?:Users|home)/[^\n\"'/ ]{0,60}(?-i:[^\x00-\x7f])",
    ),
    (
        "said-named-as-module",
        ("named", "called", "起名", "命名", "取名", "名为"),
        r"(?:文件|脚本|程序)[^\n]{0,8}(?:起名|命名|取名|名为)[^\n]{0,6}?[`'\"]?(?P<named>[a-z]\w{1,40})\.py\b|(?:script|file|module|notebook|program)[^\n]{0,20} (?:named|called) '?`?(?P<subject>[\w]{1,40})\.py\b|(?:folder|directory|package) (?:named|called) [`'\"]?(?P<other>torch|torchvision|numpy)\b",
    ),
    (
        "said-user-site",
        (".local/lib/python", "appdata\\roaming\\python", "--user"),
        r"\.local/lib/python\d|AppData\\Roaming\\Python\\|install --user",
    ),
    (
        "said-env",
        ("conda env", "conda activate", "virtualenv", "virtual env", "venv", "conda_prefix"),
        r"conda env|conda activate|virtual ?env|\bvenv\b|CONDA_PREFIX",
    ),
    (
        "said-jupyter",
        ("jupyter", "ipykernel", "ipython", "notebook", "spyder", "kernelspec", "colab", "kaggle"),
        r"[Jj]upyter|ipykernel|[Ii][Pp]ython|\b[Nn]otebook|kernelspec",
    ),
    (
        "said-editor",
        (
            "vscode",
            "pylance",
            "ms-python",
            "python.pythonpath",
            "debugpy",
            "reportmissing",
            "could not be resolved",
            "无法解析导入",
            "vs code",
            "visual studio code",
            "pycharm",
            "vim",
            "sublime",
            "emacs",
            "code runner",
            "spyder",
            "spyder_kernels",
            "debugpy",
            "idle",
        ),
        r"VS ?[Cc]ode|Pylance|reportMissingImports|Import [\"'][\w.]+[\"'] could not be resolved|无法解析导入|Visual Studio Code|PyCharm|\b[Nn]?[Vv]im\b|Sublime|\bEmacs\b|Code Runner|ms-python|\bSpyder\b|spyder_kernels|debugpy|python\.pythonPath|(?-i:\bIDLE\b)",
    ),
)

SENTENCES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    (
        "said-site-shadow",
        (".local",),
        rf"(?:import {_TORCH} |python |it )?(?:takes?|loads?|prints?|picks?(?: up)?|comes?|came|uses?|finds?|resolves?|imports?|points?)\b[^\n]{{0,90}}(?:from |to )?\S{{0,60}}\.local(?:/lib/python[\d.]+|\b)",
    ),
    (
        "said-pythonpath",
        ("pythonpath",),
        rf"(?:without|unset\w*|clear\w*|remov\w*|empty\w*|dropping) (?:the )?PYTHONPATH[^\n.;]{{0,24}}{WORKS}|PYTHONPATH[^\n.;]{{0,30}}(?:unset|removed|cleared)[^\n.;]{{0,24}}{WORKS}",
    ),
    (
        "said-named-as-module",
        (".py",),
        r"(?:file|script|module) [`'\"]?(?P<subject>[a-z]\w{1,40})\.py[`'\"]? (?:lies|is|stands|sits|exists|was|lay) ?(?:in|next|beside|there)",
    ),
    (
        "said-other-python",
        ("without sudo", "sudo ", "belongs to"),
        rf"\bpip\d?(?:\.\d+)? belongs to\b|without sudo (?:it |everything |that |the import )?{WORKS}|(?:with|under) sudo[^\n.;]{{0,30}}(?:another|other|system|root)[^\n.;]{{0,12}}(?:python|env)",
    ),
    (
        "said-kernel-elsewhere",
        ("kernel", "jupyter", "ipython"),
        r"\b(?:jupyter|ipython)\w* (?:itself )?(?:was|is|were|are) not installed in (?:the|that|this|its)\b[^\n.;]{0,20}\benv"
        r"|\binstall\w* (?:ipykernel|ipython|jupyter|nb_conda)[^\n.;]{0,50}(?:solve[sd]|fixe[sd]|help(?:s|ed)|cure[sd]|resolve[sd])\b"
        r"|(?:notebook|jupyter)?[- ]?kernel (?:is|uses|runs|belongs|points)[^\n.;]{0,40}(?:of (?:the )?base|base|system|another|other|default)\b[^\n]{0,80}torch",
    ),
    (
        "said-from-pip",
        ("pypi", "pip "),
        r"\bfrom PyPI\b|\b(?:by|with|through|via) pip\b|\bpip (?:took|brought|installed|pulled|upgraded)",
    ),
)
