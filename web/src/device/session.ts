/** One connection to the coordinator: messages both ways, a heartbeat, a limit on silence. */
import { FROM_COORDINATOR, FROM_DEVICE } from "./messages.ts";
import { decode, encode, type Values } from "./protobuf.ts";

const PATH = "/v1/session/device";
const CONNECT_MS = 10_000;
const HEARTBEAT_MS = 500;
const QUEUE_BYTES_MAX = 256 * 1024;

export interface Handler {
  /** @param name which message it is */
  received(name: string, message: Values): void;

  /** The session is over; called once. */
  closed(why: string): void;

  /** What the next heartbeat says. */
  health(): Values;
}

export class Session {
  private readonly socket: WebSocket;
  private heard = performance.now();
  private hasHeard = false;
  private silenceMs = CONNECT_MS;
  private beatMs = 0;
  private beating: ReturnType<typeof setInterval>;
  private isOpen = true;

  constructor(
    hello: Values,
    private readonly handler: Handler,
  ) {
    const address = new URL(PATH, location.origin);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(address);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => this.send("hello", hello);
    this.socket.onmessage = (event) => this.take(event.data as ArrayBuffer);
    this.socket.onclose = (event) => this.end(event.reason || "the connection was lost");
    this.beating = setInterval(() => this.beat(), HEARTBEAT_MS);
  }

  /** Sends a message; false if the session is over. */
  send(name: string, message: Values): boolean {
    if (!this.isOpen || this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(encode(FROM_DEVICE, { [name]: message }) as Uint8Array<ArrayBuffer>);
    if (this.socket.bufferedAmount <= QUEUE_BYTES_MAX) return true;
    this.close("the network is too slow");
    return false;
  }

  /** Ends the session; what was sent still goes out. */
  close(why: string): void {
    this.socket.close(1000);
    this.end(why);
  }

  private take(data: ArrayBuffer): void {
    if (!this.isOpen) return;
    this.heard = performance.now();
    let message: Values;
    try {
      message = decode(FROM_COORDINATOR, new Uint8Array(data));
    } catch (e) {
      this.close(`malformed message: ${e instanceof Error ? e.message : e}`);
      return;
    }
    const name = Object.keys(message)[0];
    if (name === undefined) return; // Of a newer coordinator.
    if (name === "welcome" || (name === "pulse" && message[name]["heartbeatMillis"])) this.retime(message[name]);
    this.hasHeard = true;
    this.handler.received(name, message[name]);
  }

  private retime(timing: Values): void {
    this.silenceMs = timing["silenceMillis"];
    if (timing["heartbeatMillis"] === this.beatMs) return;
    this.beatMs = timing["heartbeatMillis"];
    clearInterval(this.beating);
    this.beating = setInterval(() => this.beat(), this.beatMs);
  }

  private beat(): void {
    const silentMs = performance.now() - this.heard;
    if (silentMs > (this.hasHeard ? this.silenceMs : CONNECT_MS)) {
      this.close(`nothing heard for ${Math.round(silentMs)} ms`);
    } else if (this.hasHeard) {
      this.send("heartbeat", this.handler.health());
    }
  }

  private end(why: string): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    clearInterval(this.beating);
    this.handler.closed(why);
  }
}
