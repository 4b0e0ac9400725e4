/** What happened, in words. */
import type { Happening } from "./api.ts";
import { percent, loss } from "./format.ts";

const text = (event: Happening, field: string) => String(event[field] ?? "");

/** One sentence; empty where it is too much detail for people. */
export function tellOf(event: Happening, nameOf: (device: string) => string): string {
  const device = event["name"] !== undefined ? text(event, "name") : nameOf(text(event, "device"));
  switch (event.type) {
    case "status":
      return `The run is ${text(event, "status")}${text(event, "reason") === "" ? "" : `: ${text(event, "reason")}`}`;
    case "device-joined":
      return `${device} takes part`;
    case "device-left":
      return `${device} left${text(event, "reason") === "" ? "" : `: ${text(event, "reason")}`}`;
    case "evaluation":
      return `Tested after epoch ${Number(event["epoch"]) + 1}: accuracy ${percent(event["accuracy"] as number)}, loss ${loss(event["loss"] as number)}`;
    case "checkpoint":
      return `Kept at round ${text(event, "round")}: a restart goes on from here`;
    case "strategy":
    case "strategy-in-force":
      return `${event.type === "strategy" ? "Chosen" : "In force"}: strategy ${text(event, "strategy")}${event["k"] === undefined ? "" : `, K ${text(event, "k")}`}`;
    case "lease-expired":
      return `${device} did not answer in time; the task goes to another`;
    case "lease-returned":
      return `${device} gave a task back: ${text(event, "reason")}`;
    case "refused":
      // A task that two devices had, as many have at the end of a round: the second answer is too late.
      if (text(event, "reason").includes("which has closed")) return "";
      return `An answer of ${device} was refused: ${text(event, "reason")}`;
    case "proven-wrong":
      return `An answer of ${device} was proven wrong${event["isQuarantined"] === true ? "; it is in quarantine" : ""}`;
    case "standby":
      return `${device} stands by`;
    default:
      return "";
  }
}
