"""What gmag answers when it does not answer what was asked: a code and a message, mostly under status 200."""

import falcon

FAULT = "P_00"
WRONG_HASH = "P_02"
WRONG_PARAMETER = "P_03"


class Problem(Exception):
    """One error answer."""

    def __init__(self, code: str, message: str, status: str = falcon.HTTP_200) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
