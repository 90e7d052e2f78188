"""The window's half of a hand-over: it takes paths from other starts of Negato.

`handover` says where the socket is and what is said on it. Whatever else comes on it is ignored.
"""

from __future__ import annotations

import select
import sys
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from viewer import handover

_MOST_CLIENTS = 32
_PATIENCE_MS = int(handover.ANSWER_S * 1000)


class PathServer(QObject):
    """Answers clients, and gives what they ask for to ``take``.

    Parameters
    ----------
    take : callable
        Is given each `handover.Handed`.
    listening : handover.Listening
        The socket to answer on; where it has none, on Windows, a pipe is made.
    """

    def __init__(
        self,
        take: Callable[[handover.Handed], None],
        listening: handover.Listening,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._take = take
        self._clients: dict[QLocalSocket, bytes] = {}  # what each has said so far
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._meet)
        if listening.socket is not None:
            self._server.listen(listening.socket.detach())
        else:
            self._server.listen(handover.pipe_name())
        listening.started()

    def close(self) -> None:
        """Take nothing more."""
        self._server.close()
        for client in list(self._clients):
            self._leave(client)

    def _meet(self) -> None:
        while (client := self._server.nextPendingConnection()) is not None:
            if len(self._clients) >= _MOST_CLIENTS:  # the longest silent one is no start of ours
                self._leave(next(iter(self._clients)))
            self._clients[client] = b""
            client.setReadBufferSize(handover.HEAD.size + handover.MOST_BYTES + 1)
            client.readyRead.connect(partial(self._read, client))
            client.disconnected.connect(partial(self._leave, client))
            patience = QTimer(client, singleShot=True, interval=_PATIENCE_MS)
            patience.timeout.connect(partial(self._leave, client))
            patience.start()
            self._read(client)

    def _read(self, client: QLocalSocket) -> None:
        if client not in self._clients:
            return
        self._clients[client] += bytes(client.readAll().data())
        try:
            handed = handover.decode(self._clients[client])
        except ValueError:
            self._leave(client)
            return
        if handed is not None and not _has_left(client):
            del self._clients[client]
            client.write(handover.TAKEN)
            client.disconnected.connect(client.deleteLater)
            client.disconnectFromServer()  # once all is written
            self._take(handed)

    def _leave(self, client: QLocalSocket) -> None:
        if self._clients.pop(client, None) is not None:
            client.abort()
            client.deleteLater()


def _has_left(client: QLocalSocket) -> bool:
    """Tell whether a client has given up to wait, and opens a window of its own."""
    if sys.platform == "win32":
        return client.state() != QLocalSocket.LocalSocketState.ConnectedState
    poll = select.poll()  # Qt knows only once it has nothing more to read
    poll.register(client.socketDescriptor(), 0)
    return bool(poll.poll(0))
