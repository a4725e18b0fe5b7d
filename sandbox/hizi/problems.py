"""What hizi answers when it does not answer what was asked: a status that is not 200, and an errorCode."""

import falcon


class Problem(Exception):
    """One error answer. The document names the key and no codes: these are ours."""

    def __init__(self, status: str, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


def bad_parameter() -> Problem:
    return Problem(falcon.HTTP_400, "INVALID_PARAMETER")
