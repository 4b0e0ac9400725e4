import { useEffect, useState } from "preact/hooks";
import { download, tell } from "../api.ts";
import { ago, brief, bytes, count, moment } from "../format.ts";
import { useFresh } from "../live.ts";
import { Absent } from "../parts/Absent.tsx";
import { Bones, Empty, Figure, Note } from "../parts/basics.tsx";
import { Chooser, SendingLine, useSending } from "../parts/Chooser.tsx";
import { Removal } from "../parts/Removal.tsx";
import { OwnerTag, Sharing } from "../parts/Sharing.tsx";
import { go, Link } from "../router.tsx";
import type { Session } from "../session.ts";
import { type ModelVersion, nameOf, newest, type StoredModel } from "../stored.ts";

const FORMS: Record<ModelVersion["form"], string> = { keras: "Keras", h5: "Keras, HDF5", safetensors: "safetensors", json: "description" };

/** Models that the coordinator keeps, and the way in for new ones. */
export function Models() {
  const fresh = useFresh<{ models: StoredModel[] }>("/v1/models", 5_000);
  const models = fresh.value === undefined ? undefined : [...fresh.value.models].reverse();
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1>Models</h1>
          <p>Networks of your own. What a training has learnt is on the page of its run.</p>
        </div>
      </div>
      <AddModel onMade={(model) => go(`/models/${model.id}`)} />
      <section class="sheet" aria-label="Models">
        {models === undefined ? (
          <Bones rows={3} height={2} />
        ) : models.length === 0 ? (
          <Empty>
            <p>No models yet. Five come with Motley and need not be sent; the form that starts a training offers them.</p>
          </Empty>
        ) : (
          <ul class="list">
            {models.map((model) => (
              <li key={model.id}>
                <Link class="item" href={`/models/${model.id}`}>
                  <span>
                    <span class="item-name">{model.name}</span> <OwnerTag of={model} />
                    <span class="soft small" style={{ display: "block" }}>
                      {FORMS[newest(model).form]}, {count(newest(model).parameters)} parameters, {newest(model).input} to {newest(model).target}
                    </span>
                  </span>
                  <span class="soft small">{ago(newest(model).createdAtMs)}</span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

/** A file, a name. */
export function AddModel({ onMade }: { onMade: (model: StoredModel) => void }) {
  const [name, setName] = useState("");
  const [files, setFiles] = useState<File[]>([]);
  const [trouble, setTrouble] = useState("");
  const [isReading, setReading] = useState(false);
  const { sending, send, cancel } = useSending();
  const push = async (event: Event) => {
    event.preventDefault();
    setTrouble("");
    try {
      const ids = await send(files);
      setReading(true);
      const model = await tell<StoredModel>("POST", "/v1/models", { name: name.trim(), files: ids });
      setFiles([]);
      onMade(model);
    } catch (failure) {
      setTrouble((failure as Error).message);
    }
    setReading(false);
  };
  const isBusy = sending !== undefined || isReading;
  return (
    <form class="sheet stack" onSubmit={(event) => void push(event)} aria-labelledby="push">
      <h2 id="push">Add a model</h2>
      <Chooser
        id="model-files"
        label="Choose a file, or drop it here"
        why="A .keras or .h5 file of Keras with its weights and compile settings; a model as JSON, with or without the .safetensors of its weights. Code in files is never run."
        isMany
        isBusy={isBusy}
        onFiles={(chosen) => {
          setFiles(chosen);
          setTrouble("");
          if (chosen[0] !== undefined) setName(nameOf(chosen[0]));
        }}
      />
      {files.length > 0 && (
        <div class="field">
          <label for="model-name">Name</label>
          <input id="model-name" required maxLength={100} value={name} onInput={(event) => setName(event.currentTarget.value)} aria-describedby="model-name-why" />
          <p class="why" id="model-name-why">
            For {files.map((file) => file.name).join(" and ")}. A name that is there already gets a new version.
          </p>
        </div>
      )}
      {sending !== undefined && <SendingLine sending={sending} onCancel={cancel} />}
      {isReading && (
        <p class="soft" role="status">
          Reading it …
        </p>
      )}
      {trouble !== "" && <Note look="bad">{trouble}</Note>}
      {files.length > 0 && !isBusy && (
        <div class="row">
          <button type="submit" class="button deed">
            Add
          </button>
        </div>
      )}
    </form>
  );
}

/** One model: layers, settings, files, whose it is, what was made of it. */
export function ModelPage({ id, session }: { id: string; session: Session }) {
  const path = `/v1/models/${id}`;
  const fresh = useFresh<StoredModel>(path, 10_000);
  const [chosen, choose] = useState<number>();
  const model = fresh.value;
  useEffect(() => {
    if (model !== undefined) document.title = `${model.name} – Motley`;
  }, [model?.name]);
  if (model === undefined) return <Absent what="model" trouble={fresh.trouble} all="All models" href="/models" />;
  const version = model.versions.find((each) => each.version === chosen) ?? newest(model);
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1>{model.name}</h1>
          <p class="row">
            <OwnerTag of={model} />
            <span>
              {FORMS[version.form]}, since {moment(version.createdAtMs)}
            </span>
          </p>
        </div>
        <Link class="button deed" href={`/start?model=${model.id}`}>
          Train it
        </Link>
      </div>
      {version.warnings !== undefined && version.warnings.length > 0 && (
        <Note look="wait">
          {version.warnings.map((warning) => (
            <p key={warning}>{warning}</p>
          ))}
        </Note>
      )}
      <dl class="figures">
        <Figure name="Parameters">{count(version.parameters)}</Figure>
        <Figure name="Takes">
          <span class="mono small">{version.input}</span>
        </Figure>
        <Figure name="Compares with">
          <span class="mono small">{version.target}</span>
        </Figure>
        <Figure name="Operations a sample">{brief(version.flopsPerSample)}</Figure>
        <Figure name="Size">{bytes(version.size)}</Figure>
      </dl>
      <div class="two">
        <Layers version={version} />
        <div class="stack">
          <Compiled version={version} />
          {version.hasWeights && <Files path={path} model={model} version={version} />}
          {model.versions.length > 1 && <Versions model={model} shown={version.version} onChoose={choose} />}
        </div>
      </div>
      {model.isMine && (
        <div class={session.accounts ? "halves" : ""}>
          {session.accounts && <Sharing path={path} onChange={fresh.again} />}
          <Removal path={path} id={model.id} name={model.name} users={model.usedBy ?? []} back="/models" />
        </div>
      )}
    </div>
  );
}

function Layers({ version }: { version: ModelVersion }) {
  return (
    <section class="sheet stack" aria-labelledby="layers">
      <h2 id="layers">Layers</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="Layers">
        <table>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Gives</th>
              <th scope="col" class="number">
                Parameters
              </th>
              <th scope="col" class="number wide">
                Operations
              </th>
            </tr>
          </thead>
          <tbody>
            {version.layers.map((layer) => (
              <tr key={layer.name}>
                <td>
                  {layer.name} {layer.isFrozen === true && <span class="tag">frozen</span>}
                </td>
                <td class="mono small">{layer.output}</td>
                <td class="number">{layer.parameters === 0 ? <span class="soft">–</span> : count(layer.parameters)}</td>
                <td class="number wide">{brief(layer.flopsPerSample)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Compiled({ version }: { version: ModelVersion }) {
  const { compiled } = version;
  return (
    <section class="sheet stack" aria-labelledby="compiled">
      <h2 id="compiled">How it trains</h2>
      <dl class="pairs">
        <dt>loss</dt>
        <dd>{version.loss}</dd>
        {compiled?.optimizer !== undefined && (
          <>
            <dt>optimizer</dt>
            <dd>{compiled.optimizer}</dd>
            <dt>learning rate</dt>
            <dd>{Number((compiled.learningRate ?? 0).toPrecision(6))}</dd>
            <dt>schedule</dt>
            <dd>{compiled.schedule}</dd>
          </>
        )}
        {(compiled?.metrics ?? []).length > 0 && (
          <>
            <dt>metrics</dt>
            <dd>{compiled?.metrics?.join(", ")}</dd>
          </>
        )}
        <dt>begins with</dt>
        <dd>{version.hasWeights ? "the weights of the file" : "weights drawn from the seed"}</dd>
      </dl>
      {compiled?.optimizer !== undefined && <p class="soft small">A run that names no optimizer takes these settings.</p>}
    </section>
  );
}

function Files({ path, model, version }: { path: string; model: StoredModel; version: ModelVersion }) {
  const [trouble, setTrouble] = useState("");
  const forms = [...(version.isKeras ? ["keras", "h5"] : []), "safetensors", "npz"];
  const take = async (form: string) => {
    try {
      setTrouble("");
      await download(`${path}/file?version=${version.version}&format=${form}`, `${model.name}.${form}`);
    } catch (failure) {
      setTrouble((failure as Error).message);
    }
  };
  return (
    <section class="sheet stack" aria-labelledby="files">
      <h2 id="files">Download</h2>
      <div class="row">
        {forms.map((form) => (
          <button key={form} type="button" class="button" onClick={() => void take(form)}>
            .{form}
          </button>
        ))}
      </div>
      {trouble !== "" && <Note look="bad">{trouble}</Note>}
    </section>
  );
}

function Versions({ model, shown, onChoose }: { model: StoredModel; shown: number; onChoose: (version: number) => void }) {
  return (
    <section class="sheet stack" aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      <ul class="list">
        {[...model.versions].reverse().map((version) => (
          <li key={version.version} class="item">
            <span>
              <span class="item-name">{version.version}</span>{" "}
              <span class="soft small">
                {FORMS[version.form]}, {count(version.parameters)} parameters, {moment(version.createdAtMs)}
              </span>
            </span>
            {version.version !== shown && (
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
