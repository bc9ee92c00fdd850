"""Values that the examples share.

Signed for https://nod.example: the vectors decide-approve, decide-deny-not-me and rotate-…, and a
pairing whose key was thrown away.
"""

NOW, CHALLENGE, SECRET = (
    1_800_000_000,
    "jcRllffcANcwRjsQnByjyA",
    "h7Jk2LmN4pQr6StU8vWx0Yc3Vb5nMq7wEr9tYu1iOpA",
)
DEVICE, ACCOUNT, ECHO = "eY2JfQw6eXWbD1zrokOtrg", "sUNhQEwHj_1UnAPbRDw_7Q", "kR3vD1mZq8sT5uXy7wAbCg"
PAIRING = {
    "iat": NOW,
    "name": "Pixel 8",
    "sig": "IE0c-Fra7e61NzjAA1Cyi764ff4ODgFMZ0hqtrLMfMIFdAt2EtzX84Bxrmq0O5MY0NQqdtTj1OyRzpkuXdbFMg",
    "sub": None,
    "token": SECRET,
    "x": "y9zudaFjFJuD0X0TlsY0zYtz03gRsUqTgR68U7F5OCg",
    "y": "ToL2vDdWWpwGbrwXgM-wAUV-wbkKc-Ovas21vZfN3WE",
}
APPROVAL = {
    "decision": "approve",
    "iat": NOW,
    "number": "471",
    "reason": None,
    "sig": "U14d-IKrcAhYW3J2YMIMeldkK-9qNlf65bEdjjbyY0NFxN8KkVVzvTgwsvfydY9GycDsXzZa6_uJmYbKUyYU7A",
}
DENIAL = {
    "decision": "deny",
    "iat": NOW,
    "number": None,
    "reason": "not_me",
    "sig": "RrYXpT3e7nLXzvLsIiXi4Zo8wQH6_WgRqDHCUOAiz_Pif97VeQDtwItfh0scGU5ggJnQC6jo65fHkLLpXBLCcQ",
}
SUBSCRIBED = {
    "iat": NOW,
    "new_sig": None,
    "sig": "odl92Lox29k3zSjBQHzjZRE2QuC0YHS7dsP-dOWlHZaxLJL7_LbDEfZLt38hwdBv-xOTHo49f0R0uLD-4O2wCw",
    "sub": (
        '{"auth":"zsBo_qhp203vFCuM_e4rCw",'
        '"endpoint":"https://updates.push.services.mozilla.com/wpush/v2/gAAA","kind":"webpush",'
        '"p256dh":"BL44Q80ujs_RBR9reyr1en4aqQEfBYjre7gUMLqi0-'
        'Xp8sScwLcv85oZfY0CFRsgcFXXZp8Qdkfs7gaJEUb3Pb8"}'
    ),
    "x": None,
    "y": None,
}
SILENT = SUBSCRIBED | {
    "sig": "1dxb_st0hCB9XyFFt3ReRdRbYvpHtBUpaM37Nr73ruIzDmR6cfvbigmAX4OWJF3hxAra__vVEhEJu_RJDt4R-g",
    "sub": None,
}
CONTEXT = {
    "account": "ana@example.org",
    "app": "Example",
    "at": NOW - 5,
    "browser": "Firefox 140",
    "ip": "192.0.2.7",
    "os": "Linux",
    "place": "Lyon, France",
}
QUESTION = {
    "challenge_id": CHALLENGE,
    "nonce": "Daz6aftuYUhfEP8MwTr4ElMAuUpcEOVSo_mFROyS48A",
    "exp": NOW + 90,
    "context": CONTEXT,
    "digits": 3,
}
