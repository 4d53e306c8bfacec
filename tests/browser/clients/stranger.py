"""A shopper's client in Python, written from docs/protocol.md alone: asks, drops, comes back, says it again.

Called with the server's URL; prints what it saw as one JSON line.
"""

import asyncio
import json
import sys
import urllib.request
import uuid

import websockets

BASE = sys.argv[1]


def session(token=None):
    body = {"inbox": "shop", "lang": "en"} | ({"token": token} if token else {})
    request = urllib.request.Request(
        f"{BASE}/api/widget/session", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


class Shopper:
    def __init__(self, token):
        self.token, self.socket = token, None
        self.conv = self.epoch = None
        self.log, self.position, self.dups = {}, 0, 0

    async def connect(self):
        self.socket = await websockets.connect(BASE.replace("http", "ws", 1) + "/ws", subprotocols=["warmline.v1"])
        assert self.socket.subprotocol == "warmline.v1"
        assert (await self.read())["type"] == "hello"
        resume = [{"conv": self.conv, "epoch": self.epoch, "seq": self.position}] if self.conv else []
        await self.send({"type": "auth", "role": "shopper", "token": self.token, "resume": resume})
        while (await self.read())["type"] not in ("resumed", "reset"):
            pass

    async def send(self, frame):
        await self.socket.send(json.dumps(frame))

    async def read(self):
        frame = json.loads(await asyncio.wait_for(self.socket.recv(), 20))
        if frame["type"] == "ready":
            self.conv, self.epoch = frame["conv"], frame["epoch"]
        elif frame["type"] == "reset":
            self.log = {item["seq"]: item for item in frame["items"]}
            self.position = frame["head"]
        elif frame["type"] == "entries" and frame.get("dup"):
            self.dups += 1
        elif frame["type"] == "entries" and frame["through"] > self.position:
            assert frame["from"] == self.position + 1, "a hole"
            self.log.update({item["seq"]: item for item in frame["items"]})
            self.position = frame["through"]
        return frame

    async def say(self, text, cid=None):
        """Sends and waits for the echo and an answer behind it; of a repetition, for the word that it is one."""
        is_new, dups = cid is None, self.dups
        cid = cid or str(uuid.uuid4())
        body = {"do": "message", "text": text}
        await self.send({"type": "send", "cid": cid, "conv": self.conv, "body": body})
        while True:
            await self.read()
            echo = next((seq for seq, item in self.log.items() if item.get("cid") == cid), None)
            if self.dups > dups or (is_new and echo and any(seq > echo for seq in self.log)):
                return cid


async def main():
    shopper = Shopper(session()["token"])
    await shopper.connect()
    first = await shopper.say("How much is shipping?")
    # The line breaks without a goodbye; the echo counts as lost, so the same key is sent again.
    shopper.socket.transport.abort()
    await shopper.connect()
    await shopper.say("How much is shipping?", first)
    await shopper.say("水晶🫖 " + "x" * 3000)
    await shopper.socket.close(1000)
    print(json.dumps({
        "seqs": sorted(shopper.log),
        "sources": [item["source"]["article"] for item in shopper.log.values() if "source" in item],
        "dups": shopper.dups,
        "close": shopper.socket.close_code,
    }))


asyncio.run(main())
