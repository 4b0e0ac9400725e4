import { useState } from "preact/hooks";
import { type Device, tell } from "../api.ts";
import { ago, brief, bytes, count, credits, percent } from "../format.ts";
import { useFresh } from "../live.ts";
import { Bones, DeviceTag, Empty, Figure, Note, Patch } from "../parts/basics.tsx";
import { Link } from "../router.tsx";

const AWAY_SHOWN = 20;

export function Devices() {
  const fresh = useFresh<{ devices: Device[] }>("/v1/devices", 2_000);
  const devices = fresh.value?.devices;
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1>Devices</h1>
          <p>Who lends a hand, how they are, and what each has done.</p>
        </div>
        <Link class="button deed" href="/join">
          Let a device join
        </Link>
      </div>
      <Lending devices={devices} />
      {devices === undefined && (
        <section class="sheet">
          <Bones rows={3} height={4} />
        </section>
      )}
      {devices?.length === 0 && (
        <section class="sheet">
          <Empty>
            <p>No device has joined since the coordinator started. Devices connect outward only and open no port.</p>
          </Empty>
        </section>
      )}
      {devices?.map((device) => <Card key={device.id} device={device} onChange={fresh.again} />)}
    </div>
  );
}

interface Earning {
  device: string;
  name?: string;
  runs: number;
  tasks: number;
  samples: number;
  micros: number;
  lastAtMs: number;
}

/** What one's own devices earned in all, and those of them that are not here. */
function Lending({ devices }: { devices: Device[] | undefined }) {
  const earnings = useFresh<{ devices: Earning[] }>("/v1/devices/work?limit=1000", 10_000).value?.devices;
  if (earnings === undefined || earnings.length === 0) return null;
  const sum = (of: (each: Earning) => number) => earnings.reduce((total, each) => total + of(each), 0);
  const away = devices === undefined ? [] : earnings.filter((each) => devices.every((device) => device.id !== each.device)).slice(0, AWAY_SHOWN);
  return (
    <>
      <dl class="figures">
        <Figure name="Yours that have helped">{count(earnings.length)}</Figure>
        <Figure name="They earned">
          {credits(sum((each) => each.micros))} <small>credits</small>
        </Figure>
        <Figure name="Tasks that counted">{count(sum((each) => each.tasks))}</Figure>
        <Figure name="Samples">{brief(sum((each) => each.samples))}</Figure>
      </dl>
      {away.length > 0 && (
        <section class="sheet" aria-labelledby="away">
          <h2 id="away">Yours, not here now</h2>
          <ul class="list">
            {away.map((each) => (
              <li key={each.device}>
                <Link class="item" href={`/devices/${encodeURIComponent(each.device)}`}>
                  <span>
                    <span class="item-name">{each.name ?? <span class="mono small">{each.device}</span>}</span>{" "}
                    <span class="soft small">
                      {count(each.tasks)} tasks, {credits(each.micros)} credits
                    </span>
                  </span>
                  <span class="soft small">{ago(each.lastAtMs)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Card({ device, onChange }: { device: Device; onChange: () => void }) {
  const { profile, health, work } = device;
  return (
    <section class="sheet" aria-label={device.name}>
      <div class="head">
        <div class="row">
          <Patch device={device.id} state={device.state} />
          <h2>{device.name}</h2>
          <DeviceTag device={device} />
          <Standing device={device} />
        </div>
        <div class="row">
          {device.owner !== undefined && (
            <Link class="button" href={`/devices/${encodeURIComponent(device.id)}`} aria-label={`What it did: ${device.name}`}>
              What it did
            </Link>
          )}
          <Decisions device={device} onChange={onChange} />
        </div>
      </div>
      {device.reason !== undefined && <Note look={device.state === "silent" ? "bad" : "wait"}>{device.reason}</Note>}
      <div class="halves" style={{ marginTop: "0.9rem" }}>
        <dl class="pairs">
          <dt>Has done</dt>
          <dd>
            {count(work.tasks)} tasks, {brief(work.samples)} samples
          </dd>
          <dt>Speed</dt>
          <dd>{work.samplesPerSecond > 0 ? `${brief(work.samplesPerSecond)} samples a second` : "not measured yet"}</dd>
          {device.run !== undefined && (
            <>
              <dt>Works for</dt>
              <dd>
                <Link class="mono" href={`/runs/${device.run}`}>
                  {device.run}
                </Link>
              </dd>
            </>
          )}
          {device.traffic !== undefined && (
            <>
              <dt>Network</dt>
              <dd>
                {bytes(device.traffic.downBytes)} down, {bytes(device.traffic.upBytes)} up
              </dd>
            </>
          )}
          <dt>Heard</dt>
          <dd>{ago(device.heardAtMs)}</dd>
        </dl>
        <dl class="pairs">
          <Pair name="System" value={[profile.operatingSystem, profile.processor].filter(Boolean).join(", ")} />
          <Pair name="Threads" value={profile.threads === undefined ? undefined : `${profile.threads} of ${profile.cores ?? "?"} cores`} />
          <Pair name="Memory" value={profile.memoryLimitBytes === undefined ? undefined : `${bytes(profile.memoryLimitBytes)} lent`} />
          <Pair name="Load" value={health.load === undefined ? undefined : percent(health.load, 0)} />
          <Pair name="Free memory" value={health.memoryFreeBytes === undefined ? undefined : bytes(health.memoryFreeBytes)} />
          <Pair name="Battery" value={battery(device)} />
          <Pair name="Temperature" value={health.temperatureCelsius === undefined ? undefined : `${health.temperatureCelsius.toFixed(0)} °C`} />
        </dl>
      </div>
    </section>
  );
}

/** What a device does not measure is not shown. */
function Pair({ name, value }: { name: string; value: string | undefined }) {
  if (value === undefined || value === "") return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function battery({ health }: Device): string | undefined {
  if (health.battery === undefined) return health.onPower === true ? "none; on mains" : undefined;
  return `${percent(health.battery, 0)}${health.onPower === true ? ", charging" : ""}`;
}

const STANDINGS = { new: "", proven: "good", trusted: "good", quarantined: "bad" } as const;

function Standing({ device }: { device: Device }) {
  const trust = device.trust;
  if (trust === undefined || (trust.standing === "new" && trust.confirmed === 0)) return null;
  return (
    <span class={`tag ${STANDINGS[trust.standing]}`} title={`${trust.confirmed} answers confirmed, ${trust.failures} wrong`}>
      {trust.standing}
    </span>
  );
}

function Decisions({ device, onChange }: { device: Device; onChange: () => void }) {
  const [trouble, set] = useState("");
  const standing = device.trust?.standing;
  if (standing === undefined) return null;
  const decide = async (verb: string) => {
    try {
      await tell("POST", `/v1/devices/${encodeURIComponent(device.id)}/${verb}`);
      set("");
      onChange();
    } catch (failure) {
      set((failure as Error).message);
    }
  };
  return (
    <div class="row">
      {standing === "quarantined" && (
        <button type="button" class="button" onClick={() => void decide("pardon")}>
          Pardon
        </button>
      )}
      {standing === "trusted" ? (
        <button type="button" class="button" onClick={() => void decide("distrust")}>
          Audit again
        </button>
      ) : (
        <button type="button" class="button" title="Believe its answers without audits" onClick={() => void decide("trust")}>
          Trust
        </button>
      )}
      {trouble !== "" && <span class="tag bad">{trouble}</span>}
    </div>
  );
}
