"""A little app that does what it is asked, and how to ask it. Needs nothing but Python, and begins
at once."""

from __future__ import annotations

import asyncio

APP = """
import os, socket, sys, threading, time

def answer(connection):
    with connection:
        asked = connection.recv(65536).decode()
        if not asked:  # only a look whether it is there
            return
        words = asked.split()[1].strip("/").split("/")
        text = " ".join(os.environ[name] for name in ("SATURN_RUN_ID", "SATURN_ATTEMPT"))
        if words[0] == "die":
            os._exit(int(words[1]))
        if words[0] == "deaf":
            opened.shutdown(socket.SHUT_RDWR)
            opened.close()
        if words[0] == "env":
            text = os.environ.get(words[1], "")
        if words[0] == "slow":
            connection.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nslow ")
            time.sleep(float(words[1]))
        else:
            connection.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\n")
        connection.sendall(text.encode())

host = os.environ["HOST"]
port = int(sys.argv[1] if len(sys.argv) > 1 else os.environ["PORT"])
opened = socket.create_server((host, port))
print("life", os.environ["SATURN_ATTEMPT"], flush=True)
while True:
    try:
        connection, _ = opened.accept()
    except OSError:
        time.sleep(1000)
    threading.Thread(target=answer, args=(connection,)).start()
"""
RUN = 'exec python3 -S -c "$APP"'
"""With `APP` in the environment."""


async def ask(port: int, path: str = "") -> str:
    """What it answers, as far as it got. OSError: nothing, or nobody is there."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET /{path} HTTP/1.0\r\n\r\n".encode())
        await writer.drain()
        head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    finally:
        writer.close()
    if "200" not in head:
        raise ConnectionError("it closed the connection")
    return body
