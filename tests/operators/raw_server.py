"""A server on this machine that answers whoever comes with the very bytes of a test, in pieces with pauses between."""

import contextlib
import socket
import time
from collections.abc import Iterator, Sequence
from threading import Thread


@contextlib.contextmanager
def run_raw_server(pieces: Sequence[bytes], pause: float = 0.0) -> Iterator[str]:
    """Its address, while the block lasts. It answers without reading the request to its end, and then hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=_answer_all, args=(listener, pieces, pause), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        # Wakes the thread that accepts.
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def _answer_all(listener: socket.socket, pieces: Sequence[bytes], pause: float) -> None:
    with contextlib.suppress(OSError):
        while True:
            connected, _ = listener.accept()
            with connected, contextlib.suppress(OSError):
                connected.recv(65536)
                for piece in pieces:
                    connected.sendall(piece)
                    time.sleep(pause)
