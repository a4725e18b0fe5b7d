"""What requests and answers of the casino API look like, for its documentation."""

PLAYER = {
    "user_id": "25343",
    "user_name": "olga_p",
    "display_name": "Olga",
    "country": "DE",
    "group": "",
}
PLAYER_TOLD = PLAYER | {
    "blocked": False,
    "blocked_at": None,
    "excluded_until": None,
    "created_at": "2026-11-20T08:00:00Z",
    "accounts": [{"currency": "EUR", "balance": "103.50"}],
}
PLAYER_BLOCKED = PLAYER_TOLD | {"blocked": True, "blocked_at": "2026-11-20T08:10:00Z"}
CASH = {"amount": "25.00", "currency": "EUR", "reference": "payment-8812"}
CASH_TOLD = {"transaction_id": 7301, "user_id": "25343", "kind": "deposit", **CASH, "balance": "128.50"}
WITHDRAWAL_TOLD = CASH_TOLD | {"kind": "withdrawal", "balance": "78.50"}
TRANSACTION_TOLD = {
    "transaction_id": 7302,
    "at": "2026-11-20T08:05:11.120000Z",
    "kind": "bet",
    "reference": "90071992547",
    "reverses": None,
    "currency": "EUR",
    "amount": "-2.50",
    "balance": "126.00",
    "operator_id": "luckycasino",
    "game_id": "1204",
    "round_id": "55120",
}
GAME_TOLD = {
    "operator_id": "luckycasino",
    "game_id": "1204",
    "title": "Seven Seas",
    "vendor": "northwind",
    "type": "slots",
    "subtype": "video",
    "platform": "desktop",
    "enabled": True,
    "fun_mode": True,
    "campaigns": False,
    "free_rounds": False,
    "rtp": "96.1000",
    "created_on": "2024-05-10",
    "description": {"en": "Five reels and a storm."},
    "thumbnail": "https://media.example/1204.png",
    "thumbnails": {"300x300": "https://media.example/1204.png"},
    "tags": ["winter"],
    "featured": 1,
}
LOBBY_TOLD = {
    "operator_id": "luckycasino",
    "lobby_id": "portomaso",
    "vendor": "portomaso",
    "enabled": True,
    "thumbnails": {"300x300": "https://media.example/portomaso.png"},
}
VENDOR_TOLD = {
    "operator_id": "luckycasino",
    "vendor_id": "northwind",
    "title": "Northwind Games",
    "logo": "https://media.example/northwind.png",
    "enabled": True,
    "games": 214,
    "restricted_countries": ["ZA"],
    "prohibited_countries": ["UA-43"],
}
LAUNCH = {
    "user_id": "25343",
    "operator_id": "luckycasino",
    "game_id": "1204",
    "mode": "real",
    "currency": "EUR",
    "language": "en-US",
    "device": "desktop",
    "ip": "198.51.100.7",
}
REASON = {"reason": "Chargeback of payment-8812"}
LAUNCH_TOLD = {
    "token": "mR7cW2kQ9vXz4TnB8sLp1YhD6fGa3JeU",
    "url": "https://games.example/?mode=real&game_id=1204&token=mR7cW2kQ9vXz4TnB8sLp1YhD6fGa3JeU",
    "open_in": "frame",
    "mode": "real",
    "currency": "EUR",
    "expires_at": "2026-11-21T08:00:00Z",
}
