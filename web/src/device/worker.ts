/** The dedicated worker: holds the session and the engine; the page only shows what it does. */
import { Agent, type Circumstances, type Settings, type Status } from "./agent.ts";

export type ToWorker =
  | { kind: "start"; settings: Settings; circumstances: Circumstances }
  | { kind: "changed"; circumstances: Circumstances }
  | { kind: "stop"; reason: string };

/** Between two reports that say only how much was done. */
const REPORT_MS = 200;

let agent: Agent | undefined;
let last: Status | undefined;
let due: ReturnType<typeof setTimeout> | undefined;

self.onmessage = (event: MessageEvent<ToWorker>) => {
  const message = event.data;
  switch (message.kind) {
    case "start":
      agent = new Agent(message.settings, report);
      agent.changed(message.circumstances);
      void agent.start();
      return;
    case "changed":
      agent?.changed(message.circumstances);
      return;
    case "stop":
      agent?.stop(message.reason);
      return;
  }
};

function report(status: Status): void {
  last = status;
  due ??= setTimeout(() => {
    due = undefined;
    self.postMessage(last);
  }, REPORT_MS);
}
