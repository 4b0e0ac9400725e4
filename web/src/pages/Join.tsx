import { renderSVG } from "uqr";
import { credentials } from "../api.ts";
import { Command, Note } from "../parts/basics.tsx";

/** How another device joins: what to type there, or what to point a camera at. */
export function Join() {
  const address = location.origin;
  const token = credentials()["authorization"]?.replace(/^Bearer /, "");
  const link = token === undefined ? `${address}/device` : `${address}/device#join=${encodeURIComponent(token)}`;
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(location.hostname);
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
      <div class="two">
        <section class="sheet stack" aria-labelledby="terminal">
          <h2 id="terminal">In a terminal</h2>
          <p>On a laptop, a desktop or a server with Java 25:</p>
          <Command text={`./motley join ${address}${token === undefined ? "" : ` --token ${token}`}`} />
          <p class="soft small">
            Its owner may set limits: <code>--threads</code>, <code>--memory</code>, <code>--battery-min</code>, <code>--only-on-power</code>,{" "}
            <code>--only-when-idle</code>.
          </p>
          <h2>In a browser</h2>
          <p>Open this on the other device. The page says what it will cost before anything begins.</p>
          <Command text={link} />
        </section>
        <section class="sheet stack" aria-labelledby="camera">
          <h2 id="camera">With a camera</h2>
          <div class="qr" role="img" aria-label={`QR code of ${link}`} dangerouslySetInnerHTML={{ __html: renderSVG(link, { border: 0 }) }} />
          <p class="soft small">Point a phone's camera here: it opens the link on the left.</p>
        </section>
      </div>
    </div>
  );
}
