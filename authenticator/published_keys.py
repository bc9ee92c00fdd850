"""Keys whose private half is printed in the protocol's test vectors: no running system may take
them. PURE.
"""

PUBLISHED = frozenset(
    {
        "PJOLpZpmdLoSLs05oRNBsfkKZ8pPJR_sX1SsiCJ6LgU",  # phone
        "Xgj1ER9kF9eWWV0aci5slKXzamKsSJDbcmxJ1-Or2cU",  # next
        "rpdv_hTYAu5DNj2SlEQvwaSf1f9aa-VsTGS44ysnOoI",  # mallory
        "bc3XGs3THW9p4vghfturGMv6SpjJi1aOHXKzmYDIdHM",  # tiny
        "Qhpgw7QLj15V1P16SzVMX7KP6oZjN-SvUNrNP8hrMP0",  # wrapped
    }
)
"""RFC 7638 thumbprints."""
