"""What strangers write into text fields to break pages, headers and documents, and how a page shows that it broke.

Run text calls `ran(n)`; text that became markup leaves an element or an attribute `x-h`; text that a template language
took for its own leaves the product of 7 and 191.
"""

from itertools import count

PRODUCT = str(7 * 191)
HEADER = "X-Injected"
CORPUS = (
    "<x-h>",
    "<script>ran({n})</script>",
    "<img src=x onerror=ran({n})>",
    '"><svg onload=ran({n})>',
    "'><body onload=ran({n})>",
    '<a href="javascript:ran({n})" x-h>here</a>',
    "javascript:ran({n})//",
    "data:text/html,<script>ran({n})</script>",
    "</script><script>ran({n})</script>",
    "</textarea><script>ran({n})</script>",
    "</title><script>ran({n})</script>",
    "--><script>ran({n})</script><!-- -->",
    '" onfocus=ran({n}) autofocus x-h="',
    "' onmouseover=ran({n}) x-h='",
    " onload=ran({n}) x-h ",
    "<details open ontoggle=ran({n}) x-h>",
    "<b hx-on::load=ran({n}) hx-get=/x-h hx-trigger=load x-h>",
    "<math><mtext><x-h></mtext></math>",
    "<svg><use href=data:,x-h /><x-h></svg>",
    "<template><x-h></template><x-h>",
    "{{ 7*191 }}{% now 'Y' %}${7*191}<%= 7*191 %>",
    '"}}];ran({n});//',
    "\\'-ran({n})-\\'",
    "`${{ran({n})}}`",
    "*/ran({n})/*",
    "\\u003cscript\\u003eran({n})\\u003c/script\\u003e",
    "&lt;script&gt;ran({n})&lt;/script&gt;",
    "%3Cscript%3Eran({n})%3C/script%3E",
    "\u202eشارع\u202c\u2066<x-h>",
    "name\r\nX-Injected: yes\r\n\r\n<x-h>",
    '<iframe srcdoc="<script>parent.ran({n})</script>"></iframe>',
    "<meta http-equiv=refresh content=0;url=/x-h><x-h>",
    "<base href=//x-h.invalid/ x-h>",
)
TEXTS = tuple(text.format(n=number) if "{n}" in text else text for number, text in enumerate(CORPUS))

_turns = count()


def fitting(longest: int | None) -> str:
    """As many of the texts as fit, beginning with another one at each call; the short ones fill what is left."""
    begin = next(_turns) % len(TEXTS)
    left, chosen = sum(map(len, TEXTS)) + len(TEXTS) if longest is None else longest, []
    for text in TEXTS[begin:] + TEXTS[:begin]:
        if len(text) < left:
            chosen.append(text)
            left -= len(text) + 1
    return " ".join(chosen)


# For `page.add_init_script`, which serves every frame.
LISTEN = "window.whatRan = []; window.ran = (number) => { window.whatRan.push(number); };"
# A function of a window: what ran in it, what became markup, what became an address that runs.
FOUND = """(seen) => [
    ...seen.whatRan.map((number) => `ran: ${number}`),
    ...[...seen.document.querySelectorAll('x-h, [x-h]')].map((one) => `markup: ${one.outerHTML.slice(0, 160)}`),
    ...[...seen.document.querySelectorAll('*')].flatMap((one) => [...one.attributes]
        .filter(({ name, value }) => /href|src|action|data$/.test(name)
            && /^\\s*(javascript|vbscript|data:text)/i.test(value))
        .map(({ value }) => `address: ${value.slice(0, 160)}`)),
    ...(seen.document.documentElement.textContent.includes('PRODUCT') ? ['template: PRODUCT'] : []),
]""".replace("PRODUCT", PRODUCT)
# A function of a window: does it show any of the texts, as text?
SHOWN = """(seen) => /ran\\(|x-h/.test([seen.document.documentElement.textContent,
    ...[...seen.document.querySelectorAll('input, textarea')].map(({ value }) => value)].join(' '))"""
# Opens addresses as documents of frames, without their styles and scripts, which are nobody's text: [[address, status,
# whether a text is shown, what was found]]. What is no page is left out when the server answered.
OPEN = f"""(addresses) => Promise.all(addresses.map(async (address) => {{
    const answer = await fetch(address, {{ headers: {{ Accept: 'text/html' }} }});
    const page = await answer.text();
    if (!(answer.headers.get('content-type') ?? '').startsWith('text/html')) return [address, answer.status, false, []];
    const frame = document.createElement('iframe');
    const loaded = new Promise((resolve) => {{ frame.onload = resolve; }});
    frame.srcdoc = page.replaceAll('"/static/', '"data:,/');
    document.body.append(frame);
    await loaded;
    const told = ({FOUND})(frame.contentWindow);
    const shown = ({SHOWN})(frame.contentWindow);
    frame.remove();
    return [address, answer.status, shown, told];
}}))"""
