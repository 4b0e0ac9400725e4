"""A link that can be cut, delayed and narrowed, between a device and its coordinator on loopback."""

import asyncio
import threading

CHUNK_BYTES = 16 << 10


class Link:
    """Passes bytes between `port` and the coordinator's. Any thread may change what it does to them."""

    def __init__(self, to_port: int):
        self.to_port = to_port
        self.delay_s = 0.0
        self.bytes_per_s = 0.0
        self._open = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self.port = 0
        threading.Thread(target=self._run, daemon=True).start()
        self._started.wait()

    def cut(self) -> None:
        """As a pulled cable: nothing passes, and nobody is told. What was sent waits."""
        self._loop.call_soon_threadsafe(self._open.clear)

    def slow(self, delay_s: float, bytes_per_s: float) -> None:
        self.delay_s, self.bytes_per_s = delay_s, bytes_per_s

    def mend(self) -> None:
        self.delay_s, self.bytes_per_s = 0.0, 0.0
        self._loop.call_soon_threadsafe(self._open.set)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._listen())
        self._loop.run_forever()

    async def _listen(self) -> None:
        self._open.set()
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

    async def _pass(self, reader, writer) -> None:
        try:
            while chunk := await reader.read(CHUNK_BYTES):
                await self._open.wait()
                wait = self.delay_s + (len(chunk) / self.bytes_per_s if self.bytes_per_s else 0)
                if wait:
                    await asyncio.sleep(wait)
                writer.write(chunk)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()
