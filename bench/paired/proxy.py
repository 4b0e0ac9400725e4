"""A link that can be cut, delayed, shaken and narrowed, between a device and its coordinator on loopback."""

import asyncio
import random
import threading
import time

CHUNK_BYTES = 16 << 10
CHUNKS_UNDER_WAY_MAX = 256


class Link:
    """Passes bytes between `port` and the coordinator's. Any thread may change what it does to them.

    Bytes of one connection keep their order, as in TCP; what goes over different connections is
    overtaken where the link is shaken.
    """

    def __init__(self, to_port: int, seed: int = 0):
        self.to_port = to_port
        self.delay_s = 0.0
        self.shake_s = 0.0
        self.bytes_per_s = 0.0
        self.port = 0
        self._chance = random.Random(seed)
        self._free_at = 0.0
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()
        self._started.wait()

    def cut(self) -> None:
        """As a pulled cable: nothing passes, and nobody is told. What was sent waits."""
        self._loop.call_soon_threadsafe(self._open.clear)

    def mend(self) -> None:
        self._loop.call_soon_threadsafe(self._open.set)

    def form(self, delay_s: float = 0.0, shake_s: float = 0.0, bytes_per_s: float = 0.0) -> None:
        """From now on: so much later, up to so much later again by chance, so many bytes a second
        in both directions together (0: no limit)."""
        self.delay_s, self.shake_s, self.bytes_per_s = delay_s, shake_s, bytes_per_s

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._open = asyncio.Event()
        self._open.set()
        self._loop.run_until_complete(self._listen())
        self._loop.run_forever()

    async def _listen(self) -> None:
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()

    async def _connect(self, reader, writer) -> None:
        try:
            await self._open.wait()
            there = await asyncio.open_connection("127.0.0.1", self.to_port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(self._pass(reader, there[1]), self._pass(there[0], writer))
        writer.close()
        there[1].close()

    async def _pass(self, reader, writer) -> None:
        """Pieces are under way side by side, as on a long line: a delay costs time and no pace."""
        under_way: asyncio.Queue = asyncio.Queue(CHUNKS_UNDER_WAY_MAX)
        arriving = asyncio.create_task(self._arrive(under_way, writer))
        try:
            while chunk := await reader.read(CHUNK_BYTES):
                await under_way.put((self._due(len(chunk)), chunk))
        except OSError:
            pass
        await under_way.put((time.monotonic(), b""))
        await arriving

    async def _arrive(self, under_way: asyncio.Queue, writer) -> None:
        is_gone = False
        while True:
            due, chunk = await under_way.get()
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await self._open.wait()
            try:
                if chunk and not is_gone:
                    writer.write(chunk)
                    await writer.drain()
                elif not is_gone:
                    writer.write_eof()
            except OSError:
                is_gone = True
            if not chunk:
                return

    def _due(self, size_bytes: int) -> float:
        now = time.monotonic()
        if self.bytes_per_s:
            self._free_at = max(now, self._free_at) + size_bytes / self.bytes_per_s
        else:
            self._free_at = now
        return self._free_at + self.delay_s + self._chance.random() * self.shake_s
