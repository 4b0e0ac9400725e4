import { useEffect, useState } from "preact/hooks";
import { tell } from "../api.ts";
import { ago, bytes, count, moment, percent } from "../format.ts";
import { useFresh } from "../live.ts";
import { Absent } from "../parts/Absent.tsx";
import { Bones, Empty, Figure, Note, Progress } from "../parts/basics.tsx";
import { Chooser, SendingLine, useSending } from "../parts/Chooser.tsx";
import { Removal } from "../parts/Removal.tsx";
import { OwnerTag, Sharing } from "../parts/Sharing.tsx";
import { Link } from "../router.tsx";
import type { Session } from "../session.ts";
import { type Dataset, type DatasetVersion, nameOf, ready, sorted } from "../stored.ts";
import type { Upload } from "../upload.ts";

/** Data sets that the coordinator keeps, and the way in for new ones. */
export function Data() {
  const fresh = useFresh<{ datasets: Dataset[] }>("/v1/datasets", 2_000);
  const datasets = fresh.value === undefined ? undefined : [...fresh.value.datasets].reverse();
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1>Data</h1>
          <p>What trainings learn from. Sent once, cut into pieces, fetched by devices as they need them.</p>
        </div>
      </div>
      <AddData onDone={fresh.again} />
      <section class="sheet" aria-label="Data sets">
        {datasets === undefined ? (
          <Bones rows={3} height={2} />
        ) : datasets.length === 0 ? (
          <Empty>
            <p>No data yet. Choose files above; two arrays, a table or a ZIP of pictures will do.</p>
          </Empty>
        ) : (
          <ul class="list">
            {datasets.map((dataset) => (
              <Row key={dataset.id} dataset={dataset} />
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

function Row({ dataset }: { dataset: Dataset }) {
  const last = dataset.versions.at(-1);
  const shown = ready(dataset);
  return (
    <li>
      <Link class="item" href={`/data/${dataset.id}`}>
        <span>
          <span class="item-name">{dataset.name}</span> <OwnerTag of={dataset} />
          <span class="soft small" style={{ display: "block" }}>
            {shown === undefined ? (last?.reason ?? "") : `${count((shown.trainSamples ?? 0) + (shown.testSamples ?? 0))} samples, ${shown.input ?? ""} with ${shown.target ?? ""}, ${bytes(shown.size ?? 0)}`}
          </span>
        </span>
        <Status version={last} />
      </Link>
    </li>
  );
}

function Status({ version }: { version: DatasetVersion | undefined }) {
  if (version?.status === "preparing") return <span class="tag wait live">{count(version.samplesDone ?? 0)} samples cut</span>;
  if (version?.status === "failed") return <span class="tag bad">failed</span>;
  return <span class="soft small">{version === undefined ? "" : ago(version.createdAtMs)}</span>;
}

/** Files, a name, and what cannot be guessed. */
export function AddData({ onDone }: { onDone: (dataset: Dataset) => void }) {
  const [files, setFiles] = useState<{ train: File[]; test: File[] }>();
  const [name, setName] = useState("");
  const [options, setOptions] = useState<Record<string, string>>({});
  const [trouble, setTrouble] = useState("");
  const { sending, send, cancel } = useSending();
  const take = (chosen: File[]) => {
    const next = sorted(chosen);
    setFiles(next);
    setTrouble("");
    if (name === "" && next.train[0] !== undefined) setName(nameOf(next.train[0]));
  };
  const add = async (event: Event) => {
    event.preventDefault();
    if (files === undefined) return;
    setTrouble("");
    try {
      const train = await send(files.train);
      const test = await send(files.test);
      const dataset = await tell<Dataset>("POST", "/v1/datasets", { name: name.trim(), files: train, testFiles: test, ...recipe(options) });
      setFiles(undefined);
      setName("");
      onDone(dataset);
    } catch (failure) {
      setTrouble((failure as Error).message);
    }
  };
  return (
    <form class="sheet stack" onSubmit={(event) => void add(event)} aria-labelledby="add">
      <h2 id="add">Add data</h2>
      <Unfinished isBusy={sending !== undefined} />
      <Chooser
        id="data-files"
        label="Choose files, or drop them here"
        why="Two arrays (.npy or IDX, inputs and targets), one .npz, a table (.csv), or a .zip of pictures in a folder for each class. Files with “test” in their names are for testing."
        isMany
        isBusy={sending !== undefined}
        onFiles={take}
      />
      {files !== undefined && (
        <>
          <Parts files={files} onSwap={() => setFiles({ train: [...files.train].reverse(), test: [...files.test].reverse() })} />
          <div class="fields">
            <div class="field">
              <label for="data-name">Name</label>
              <input id="data-name" required maxLength={100} value={name} onInput={(event) => setName(event.currentTarget.value)} />
            </div>
            {files.test.length === 0 && <Option name="testShare" label="Share for testing" usual="0.1" why="Samples that it does not learn from." options={options} onChange={setOptions} />}
          </div>
          <Options files={files.train} options={options} onChange={setOptions} />
        </>
      )}
      {sending !== undefined && <SendingLine sending={sending} onCancel={cancel} />}
      {trouble !== "" && <Note look="bad">{trouble}</Note>}
      {files !== undefined && sending === undefined && (
        <div class="row">
          <button type="submit" class="button deed">
            Add
          </button>
          <button type="button" class="button" onClick={() => setFiles(undefined)}>
            Other files
          </button>
        </div>
      )}
    </form>
  );
}

/** What an earlier visit began to send. */
function Unfinished({ isBusy }: { isBusy: boolean }) {
  const fresh = useFresh<{ uploads: Upload[] }>("/v1/uploads", Infinity);
  if (isBusy) return null;
  const left = fresh.value?.uploads.filter((upload) => !upload.isComplete && upload.offset > 0) ?? [];
  if (left.length === 0) return null;
  return (
    <Note look="wait">
      {left.map((upload) => (
        <p key={upload.id} class="row between">
          <span>
            {upload.name} is {percent(upload.offset / upload.size, 0)} here. Choose the same file again to go on.
          </span>
          <button type="button" class="button" onClick={() => void tell("DELETE", `/v1/uploads/${upload.id}`).then(fresh.again, fresh.again)}>
            Forget it
          </button>
        </p>
      ))}
    </Note>
  );
}

function Parts({ files, onSwap }: { files: { train: File[]; test: File[] }; onSwap: () => void }) {
  const said = (list: File[]) => (list.length === 2 ? `${list[0]?.name ?? ""} are inputs, ${list[1]?.name ?? ""} are targets` : list.map((file) => file.name).join(", "));
  return (
    <div class="row between">
      <span>
        To learn from: <strong>{said(files.train)}</strong>
        {files.test.length > 0 && (
          <>
            <br />
            To test with: <strong>{said(files.test)}</strong>
          </>
        )}
      </span>
      {files.train.length === 2 && (
        <button type="button" class="button" onClick={onSwap}>
          The other way round
        </button>
      )}
    </div>
  );
}

interface OptionProps {
  name: string;
  label: string;
  why: string;
  usual: string;
  options: Record<string, string>;
  onChange: (options: Record<string, string>) => void;
  choices?: string[];
}

function Option({ name, label, why, usual, options, onChange, choices }: OptionProps) {
  const id = `option-${name}`;
  const set = (value: string) => onChange({ ...options, [name]: value });
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {choices === undefined ? (
        <input id={id} placeholder={usual} value={options[name] ?? ""} onInput={(event) => set(event.currentTarget.value)} aria-describedby={`${id}-why`} />
      ) : (
        <select id={id} value={options[name] ?? usual} onChange={(event) => set(event.currentTarget.value)} aria-describedby={`${id}-why`}>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      )}
      <p class="why" id={`${id}-why`}>
        {why}
      </p>
    </div>
  );
}

/** What only some kinds of files need. */
function Options({ files, options, onChange }: { files: File[]; options: Record<string, string>; onChange: (options: Record<string, string>) => void }) {
  const isTable = files.some((file) => /\.(csv|tsv)(\.gz)?$/i.test(file.name));
  const isPictures = files.some((file) => /\.zip$/i.test(file.name));
  const more = { options, onChange };
  return (
    <details open={isPictures}>
      <summary>How to read them</summary>
      <div class="fields">
        {isTable && <Option {...more} name="labelColumn" label="Column of targets" usual="the last" why="Its name or number." />}
        {isTable && <Option {...more} name="scale" label="Scale numbers" usual="no" choices={["no", "yes"]} why="To mean 0 and deviation 1." />}
        {isPictures && <Option {...more} name="rows" label="Rows" usual="32" why="Height that pictures are brought to." />}
        {isPictures && <Option {...more} name="cols" label="Columns" usual="32" why="Width that pictures are brought to." />}
        {isPictures && <Option {...more} name="channels" label="Channels" usual="3" choices={["3", "1"]} why="3 for colours, 1 for grey." />}
        {!isPictures && <Option {...more} name="inputs" label="Inputs" usual="auto" choices={["auto", "unit", "number", "class"]} why="Bytes of pictures become 0 to 1 by themselves." />}
        <Option {...more} name="targets" label="Targets" usual="auto" choices={["auto", "class", "number", "one-hot"]} why="Whole numbers and texts are classes by themselves." />
        <Option {...more} name="seed" label="Seed" usual="0" why="Draws the samples for testing." />
      </div>
    </details>
  );
}

function recipe(options: Record<string, string>): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(options)) {
    if (text.trim() === "") continue;
    if (name === "scale") body[name] = text === "yes";
    else body[name] = ["testShare", "seed", "rows", "cols", "channels"].includes(name) ? Number(text) : text;
  }
  return body;
}

interface Preview {
  samples: { picture?: string; input?: number[]; target: number[] }[];
}

/** One data set: what is in it, whose it is, what was made of it. */
export function DataPage({ id, session }: { id: string; session: Session }) {
  const path = `/v1/datasets/${id}`;
  const fresh = useFresh<Dataset>(path, 3_000);
  const [chosen, choose] = useState<number>();
  const dataset = fresh.value;
  const version = dataset?.versions.find((each) => each.version === chosen) ?? (dataset === undefined ? undefined : (ready(dataset) ?? dataset.versions.at(-1)));
  useEffect(() => {
    if (dataset !== undefined) document.title = `${dataset.name} – Motley`;
  }, [dataset?.name]);
  if (dataset === undefined || version === undefined) return <Absent what="data set" trouble={fresh.trouble} all="All data" href="/data" />;
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1>{dataset.name}</h1>
          <p class="row">
            <OwnerTag of={dataset} />
            <span>since {moment(dataset.createdAtMs)}</span>
          </p>
        </div>
        {version.status === "ready" && (
          <Link class="button deed" href={`/start?data=${dataset.id}`}>
            Train on it
          </Link>
        )}
      </div>
      {version.status === "failed" && <Note look="bad">{version.reason}</Note>}
      {version.status === "preparing" && <Note look="wait">Being cut: {count(version.samplesDone ?? 0)} samples so far.</Note>}
      {version.status === "ready" && <Inside path={path} version={version} />}
      {dataset.versions.length > 1 && <Versions versions={dataset.versions} shown={version.version} onChoose={choose} />}
      {dataset.isMine && (
        <div class={session.accounts ? "halves" : ""}>
          {session.accounts && <Sharing path={path} onChange={fresh.again} />}
          <Removal path={path} id={dataset.id} name={dataset.name} users={dataset.usedBy ?? []} back="/data" />
        </div>
      )}
    </div>
  );
}

function Inside({ path, version }: { path: string; version: DatasetVersion }) {
  const preview = useFresh<Preview>(`${path}/preview?version=${version.version}&count=24`, Infinity).value;
  return (
    <>
      <dl class="figures">
        <Figure name="To learn from">{count(version.trainSamples ?? 0)}</Figure>
        <Figure name="To test with">{count(version.testSamples ?? 0)}</Figure>
        <Figure name="Input">
          <span class="mono small">{version.input}</span>
        </Figure>
        <Figure name="Target">
          <span class="mono small">{version.target}</span>
        </Figure>
        <Figure name="Size">{bytes(version.size ?? 0)}</Figure>
      </dl>
      <div class="halves">
        <section class="sheet stack" aria-labelledby="first">
          <h2 id="first">The first samples</h2>
          {preview === undefined ? <Bones rows={3} height={3} /> : <Samples preview={preview} names={version.classNames} />}
        </section>
        <section class="sheet stack" aria-labelledby="classes">
          <h2 id="classes">{version.classCounts === undefined ? "Numbers" : "Samples of each class"}</h2>
          {version.classCounts !== undefined && <Histogram counts={version.classCounts} names={version.classNames} />}
          <dl class="pairs">
            <dt>inputs</dt>
            <dd>
              {short(version.inputMin)} to {short(version.inputMax)}, mean {short(version.inputMean)}, deviation {short(version.inputDeviation)}
            </dd>
          </dl>
        </section>
      </div>
    </>
  );
}

function short(value: number | undefined): string {
  return value === undefined ? "–" : String(Number(value.toPrecision(3)));
}

function Samples({ preview, names }: { preview: Preview; names: string[] | undefined }) {
  const label = (target: number[]) => (target.length === 1 ? (names?.[target[0] ?? 0] ?? short(target[0])) : target.slice(0, 4).map(short).join(", "));
  if (preview.samples[0]?.picture !== undefined) {
    return (
      <ul class="samples">
        {preview.samples.map((sample, i) => (
          <li key={i}>
            <img src={sample.picture} alt={`Sample ${i + 1}, ${label(sample.target)}`} />
            <span>{label(sample.target)}</span>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="The first samples">
      <table>
        <thead>
          <tr>
            <th scope="col">Input</th>
            <th scope="col">Target</th>
          </tr>
        </thead>
        <tbody>
          {preview.samples.map((sample, i) => (
            <tr key={i}>
              <td class="mono small">
                {sample.input?.slice(0, 8).map(short).join("  ")}
                {(sample.input?.length ?? 0) > 8 ? " …" : ""}
              </td>
              <td>{label(sample.target)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const BARS_MAX = 50;

function Histogram({ counts, names }: { counts: number[]; names: string[] | undefined }) {
  const most = Math.max(1, ...counts);
  return (
    <>
      <ul class="bars">
        {counts.slice(0, BARS_MAX).map((each, i) => (
          <li key={i}>
            <span class="bars-name">{names?.[i] ?? i}</span>
            <span class="bars-bar" aria-hidden="true">
              <span style={{ width: `${(100 * each) / most}%` }} />
            </span>
            <span class="soft">{count(each)}</span>
          </li>
        ))}
      </ul>
      {counts.length > BARS_MAX && <p class="soft small">and {count(counts.length - BARS_MAX)} more classes</p>}
    </>
  );
}

function Versions({ versions, shown, onChoose }: { versions: DatasetVersion[]; shown: number; onChoose: (version: number) => void }) {
  return (
    <section class="sheet stack" aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      <ul class="list">
        {[...versions].reverse().map((version) => (
          <li key={version.version} class="item">
            <span>
              <span class="item-name">{version.version}</span>{" "}
              <span class="soft small">
                {version.status === "ready" ? `${count(version.trainSamples ?? 0)} and ${count(version.testSamples ?? 0)} samples` : (version.reason ?? version.status)}, {moment(version.createdAtMs)}
              </span>
              {version.status === "preparing" && <Progress share={0} label="Being cut" />}
            </span>
            {version.status === "ready" && version.version !== shown && (
              <button type="button" class="button" onClick={() => onChoose(version.version)}>
                Show<span class="hidden"> version {version.version}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
