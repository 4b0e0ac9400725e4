import { useState } from "preact/hooks";
import { renderSVG } from "uqr";
import { tell } from "../api.ts";
import { moment } from "../format.ts";
import { useFresh } from "../live.ts";
import { Command, Note } from "../parts/basics.tsx";
import type { Session } from "../session.ts";

interface JoinToken {
  id: string;
  name: string;
  expiresAtMs: number;
  isExpired: boolean;
  devices: number;
  token?: string;
  link?: string;
}

const HOURS: [number, string][] = [
  [1, "an hour"],
  [24, "a day"],
  [168, "a week"],
];

/** How another device joins: what to type there, or what to point a camera at. */
export function Join({ session }: { session: Session }) {
  const [made, setMade] = useState<JoinToken>();
  const address = location.origin;
  const link = made?.link ?? `${address}/device`;
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
  const isReady = !session.accounts || made !== undefined;
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1>Let a device join</h1>
          <p>It lends arithmetic and nothing else: it runs tensor programs, opens no port, and its owner can stop it at any time.</p>
        </div>
      </div>
      {isLocal && (
        <Note look="wait">
          This coordinator is reachable from its own machine only. To let others join, start it with <code>./motley serve --listen 0.0.0.0</code>.
        </Note>
      )}
      {session.accounts && <Tokens onMade={setMade} />}
      {isReady && (
        <div class="two">
          <section class="sheet stack" aria-labelledby="terminal">
            <h2 id="terminal">In a terminal</h2>
            <p>On a laptop, a desktop or a server with Java 25:</p>
            <Command text={`./motley join ${address}${made?.token === undefined ? "" : ` --token ${made.token}`}`} />
            <p class="soft small">
              Its owner may set limits: <code>--threads</code>, <code>--memory</code>, <code>--battery-min</code>, <code>--only-on-power</code>, <code>--only-when-idle</code>.
            </p>
            <h2>By a link</h2>
            <p>Open this on the other device. The page says what it will cost before anything begins.</p>
            <Command text={link} />
          </section>
          <section class="sheet stack" aria-labelledby="camera">
            <h2 id="camera">With a camera</h2>
            <div class="qr" role="img" aria-label="QR code of the link" dangerouslySetInnerHTML={{ __html: renderSVG(link, { border: 0 }) }} />
            <p class="soft small">Point a phone's camera here: it opens the link.</p>
          </section>
        </div>
      )}
    </div>
  );
}

/** Links of one's own: devices that come by them are one's own. */
function Tokens({ onMade }: { onMade: (token: JoinToken) => void }) {
  const fresh = useFresh<{ joinTokens: JoinToken[] }>("/v1/join-tokens", 10_000);
  const [hours, setHours] = useState("1");
  const [trouble, setTrouble] = useState("");
  const act = async (deed: () => Promise<void>) => {
    try {
      setTrouble("");
      await deed();
      fresh.again();
    } catch (failure) {
      setTrouble((failure as Error).message);
    }
  };
  const make = () => act(async () => onMade(await tell<JoinToken>("POST", "/v1/join-tokens", { expiresInSeconds: Number(hours) * 3_600 })));
  return (
    <section class="sheet stack" aria-labelledby="links">
      <h2 id="links">Your links</h2>
      <div class="row">
        <label for="hours">New devices may come by it for</label>
        <select id="hours" style={{ width: "auto" }} value={hours} onChange={(event) => setHours(event.currentTarget.value)}>
          {HOURS.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
        <button type="button" class="button deed" onClick={() => void make()}>
          Make a link
        </button>
      </div>
      {trouble !== "" && <Note look="bad">{trouble}</Note>}
      <ul class="list">
        {fresh.value?.joinTokens.map((token) => (
          <li key={token.id} class="item">
            <span>
              {token.isExpired ? "Expired" : `Until ${moment(token.expiresAtMs)}`}
              <span class="soft small">
                {" "}
                · {token.devices} {token.devices === 1 ? "device" : "devices"}
              </span>
            </span>
            <button type="button" class="button danger" title="Devices that came by it go, too" onClick={() => void act(() => tell("DELETE", `/v1/join-tokens/${token.id}`))}>
              Revoke
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
