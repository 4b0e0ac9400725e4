import { useMemo, useRef, useState } from "preact/hooks";
import { type FieldError, Problem, type Run, tell } from "../api.ts";
import { useCheck } from "../checking.ts";
import { count, percent } from "../format.ts";
import { useFresh } from "../live.ts";
import { Bones, Empty, Note } from "../parts/basics.tsx";
import { Contributors } from "../parts/Contributors.tsx";
import { type Better, Choice, Field, focusOn, Part } from "../parts/Fields.tsx";
import { OutlinePart } from "../parts/Outline.tsx";
import { type DataChoice, here, kept, known, type ModelChoice } from "../parts/Sources.tsx";
import { blank, body, changes, type Fields, isAsked, isOpen, offerOf, type Project, PROJECT_FIELDS, saidOf, shownAs, textOf, valuesOf } from "../projects.ts";
import { go, Link } from "../router.tsx";
import { type FieldText, MODELS, STRATEGIES, type Values } from "../settings.ts";
import { type Dataset, misfit, ready, type StoredModel } from "../stored.ts";
import { AddData } from "./Data.tsx";
import { AddModel } from "./Models.tsx";

/** A draft that is there, to be changed. */
export function EditProject({ id }: { id: string }) {
  const { value: project, trouble } = useFresh<Project>(`/v1/projects/${id}`, Infinity);
  if (project !== undefined && isOpen(project)) return <Form draft={project} />;
  if (project === undefined && trouble === undefined) return <Bones rows={6} height={4} />;
  return (
    <Empty>
      <h1>{project === undefined ? "No such project" : "It has started"}</h1>
      <p>{trouble?.message ?? "What has started can be copied, and the copy changed."}</p>
      <Link class="button" href={project === undefined ? "/projects" : `/projects/${id}`}>
        {project === undefined ? "All projects" : "To the project"}
      </Link>
    </Empty>
  );
}

export function NewProject() {
  return <Form />;
}

/** Keys of choices: what a draft has, or an address asks for. */
function keyOf(source: unknown, wanted: string | null): string {
  if (wanted !== null) return wanted;
  if (typeof source === "string") return source;
  const stored = (source as { stored?: unknown } | undefined)?.stored;
  return typeof stored === "string" ? stored : source === undefined ? "" : JSON.stringify(source);
}

function Form({ draft }: { draft?: Project }) {
  const before = draft?.fields ?? {};
  const wanted = new URLSearchParams(location.search);
  const [filled, setValues] = useState<Values>(() => (draft === undefined ? blank() : valuesOf(before)));
  const [modelKey, setModel] = useState(keyOf(before["model"], wanted.get("model")));
  const [dataKey, setData] = useState(keyOf(before["dataset"], wanted.get("data")));
  const [isAll, setAll] = useState(false);
  const [isMissingShown, showMissing] = useState(false);
  const [refused, setRefused] = useState<FieldError[]>([]);
  const [trouble, setTrouble] = useState("");
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const sources = useSources(before, modelKey, dataKey);
  const { model, data } = sources;
  const values = filled["name"] === undefined ? { ...filled, name: suggested(model, data) } : filled;
  const fields: Fields = { ...body(values), ...(model === undefined ? {} : { model: model.model }), ...(data === undefined ? {} : { dataset: data.dataset }) };
  const untouched = Object.fromEntries(Object.entries(before).filter(([name]) => !(name in changes(before, fields))));
  const { check, isFresh } = useCheck({ ...untouched, ...fields });
  const errors = useMemo(() => [...(check?.errors ?? []), ...(isFresh ? [] : refused)], [check, isFresh, refused]);
  const at = (field: string) => errors.find((error) => shownAs(error.field, values) === field && (error.value !== undefined || isMissingShown));
  const set = (name: string, value: string) => {
    setRefused([]);
    setValues((old) => ({ ...old, [name]: value }));
  };

  const save = async (isStart: boolean) => {
    setTrouble("");
    setBusy(true);
    try {
      const saved = draft === undefined ? await tell<Project>("POST", "/v1/projects", fields) : await tell<Project>("PATCH", `/v1/projects/${draft.id}`, changes(before, fields));
      if (!isStart) return go(`/projects/${saved.id}`);
      await tell("POST", `/v1/projects/${saved.id}/start`).catch((failure: unknown) => {
        // It is kept: the form goes on as that of the draft.
        if (draft === undefined) history.replaceState(null, "", `/projects/${saved.id}/edit`);
        throw failure;
      });
      go(`/projects/${saved.id}`);
    } catch (failure) {
      explain(failure as Error);
    } finally {
      setBusy(false);
    }
  };
  const explain = (failure: Error) => {
    const found = failure instanceof Problem ? failure.errors : [];
    showMissing(true);
    setRefused(found);
    const first = found.map((error) => shownAs(error.field, values)).find((name) => PROJECT_FIELDS.some((field) => field.name === name));
    if (first === undefined) setTrouble(failure.message);
    else setTimeout(() => focusOn(form.current, first));
  };
  const start = (event: Event) => {
    event.preventDefault();
    showMissing(true);
    const first = errors.find((error) => PROJECT_FIELDS.some((field) => field.name === shownAs(error.field, values)));
    if (isFresh && first !== undefined) {
      setTimeout(() => focusOn(form.current, shownAs(first.field, values)));
    } else if (isFresh && errors.length > 0) {
      document.querySelector<HTMLElement>(`#sources-${errors.some((error) => error.field === "model") ? "model" : "data"} input`)?.focus();
    } else {
      void save(true);
    }
  };

  const show = (names: (field: FieldText) => boolean) => (
    <div class="fields">
      {PROJECT_FIELDS.filter((field) => names(field) && isAsked(field, values) && (isAll || field.isRare !== true || at(field.name) !== undefined)).map((field) => {
        const error = at(field.name);
        return (
          <Field
            key={field.name}
            field={field.name === "validationShare" ? withShare(field, data) : field}
            value={values[field.name] ?? ""}
            wrong={error === undefined ? undefined : saidOf(error)}
            better={better(error, (value) => set(field.name, value))}
            onChange={(value) => set(field.name, value)}
          />
        );
      })}
    </div>
  );
  const group = (name: FieldText["group"]) => show((field) => field.group === name);
  const cut = (name: string, title: string, why: string) => (
    <Choice
      group="cut"
      value={name}
      isChosen={values["cut"] === name}
      title={title}
      why={why}
      onChoose={() => setValues((old) => ({ ...old, cut: name, ...(name === "total" && old["strategy"] === "sync" ? { strategy: "k-batch", k: old["k"] === "" ? "10" : (old["k"] ?? "10") } : {}) }))}
    />
  );
  const others = errors.filter((error) => error.value !== undefined && !PROJECT_FIELDS.some((field) => field.name === shownAs(error.field, values)) && !["model", "dataset", "strategy"].includes(error.field));
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1>{draft === undefined ? "A new project" : `Change ${draft.name}`}</h1>
          <p>Prepare a training, look at what it will be, and start it when it suits you.</p>
        </div>
        <label class="check">
          <input type="checkbox" checked={isAll} onChange={(event) => setAll(event.currentTarget.checked)} /> Show every setting
        </label>
      </div>
      <div class="guided">
        <div class="stack">
          <Sources of={sources} modelError={at("model")} dataError={at("dataset")} onModel={setModel} onData={setData} />
          <form ref={form} id="project" class="stack" noValidate onSubmit={start}>
            <Part title="What it is called">{show((field) => field.name === "name")}</Part>
            <Part title="How long, in which pieces">
              <fieldset>
                <legend>Cut by</legend>
                <div class="choices">
                  {cut("batch", "Batches", "You say how many samples an update takes.")}
                  {cut("total", "Total tasks", "You say into how many tasks the whole training is cut; batches follow.")}
                </div>
              </fieldset>
              {show((field) => field.group === "length" && field.name !== "name")}
            </Part>
            <Part title="How the fleet works together">
              <fieldset>
                <legend>Strategy</legend>
                <div class="choices">
                  {STRATEGIES.map((each) => (
                    <Choice key={each.name} group="strategy" value={each.name} isChosen={values["strategy"] === each.name} onChoose={(name) => set("strategy", name)} title={each.title} why={each.why} />
                  ))}
                </div>
                <Wrong error={at("strategy")} onTake={(value) => set("strategy", value)} />
              </fieldset>
              {group("fleet")}
            </Part>
            <Part title="How to step">{group("steps")}</Part>
            <Part title="Who may contribute">
              <Contributors value={values["contributors"] ?? ""} error={at("contributors")} onChange={(value) => set("contributors", value)} />
              <Wrong error={at("contributors")} onTake={(value) => set("contributors", value)} />
              {show((field) => field.group === "who" && field.name !== "contributors")}
            </Part>
            <Part title="When, and what it may cost">{group("when")}</Part>
            <Part title="Care">{group("care")}</Part>
          </form>
          {others.map((error) => (
            <Note key={error.field} look="bad">
              {error.field}: {saidOf(error)}
            </Note>
          ))}
          {trouble !== "" && <Note look="bad">{trouble}</Note>}
        </div>
        <aside class="beside stack" aria-label="What it will be">
          <OutlinePart check={check} isFresh={isFresh} />
          <div class="row">
            <button type="submit" form="project" class="button deed" disabled={isBusy}>
              {isBusy ? "One moment …" : "Start"}
            </button>
            <button type="button" class="button" disabled={isBusy} onClick={() => void save(false)}>
              {draft === undefined ? "Keep as a draft" : "Keep the changes"}
            </button>
          </div>
        </aside>
      </div>
    </div>
  );
}

/** A name until somebody gives another. */
function suggested(model: ModelChoice | undefined, data: DataChoice | undefined): string {
  if (model === undefined || data === undefined) return "";
  return `${model.title} on ${data.stored === undefined ? "earlier data" : data.title}`.slice(0, 100);
}

function better(error: FieldError | undefined, onTake: (value: string) => void): Better | undefined {
  const text = error === undefined ? undefined : offerOf(error);
  if (error === undefined || text === undefined) return undefined;
  return { text, onTake: () => onTake(textOf(error.field, error.proposal)) };
}

function Wrong({ error, onTake }: { error: FieldError | undefined; onTake?: (value: string) => void }) {
  if (error === undefined) return null;
  const offer = offerOf(error);
  return (
    <div class="field" style={{ marginTop: "0.6rem" }}>
      <p class="wrong" role="alert">
        {saidOf(error)}
      </p>
      {offer !== undefined && onTake !== undefined && (
        <div>
          <button type="button" class="button better" onClick={() => onTake(textOf(error.field, error.proposal))}>
            {offer}
          </button>
        </div>
      )}
    </div>
  );
}

/** With what the chosen data have to be judged by. */
function withShare(field: FieldText, data: DataChoice | undefined): FieldText {
  const [train, test] = [Number(data?.dataset["trainSamples"] ?? NaN), Number(data?.dataset["testSamples"] ?? NaN)];
  const version = data?.stored === undefined ? undefined : ready(data.stored);
  const [from, judged] = [version?.trainSamples ?? train, version?.testSamples ?? test];
  if (!Number.isFinite(from + judged)) return field;
  return { ...field, why: `${field.why} Of those there are ${count(judged)} of ${count(from + judged)}, ${percent(judged / (from + judged))}.` };
}

interface Chosen {
  models: ModelChoice[];
  datasets: DataChoice[];
  model: ModelChoice | undefined;
  data: DataChoice | undefined;
  /** Chosen, and not ready yet. */
  pending: Dataset | undefined;
  isLoading: boolean;
  again: () => void;
}

/** What there is to choose from. A draft's own that is not there is one more. */
function useSources(before: Fields, modelKey: string, dataKey: string): Chosen {
  const stored = useFresh<{ models: StoredModel[] }>("/v1/models", 10_000);
  const datasets = useFresh<{ datasets: Dataset[] }>("/v1/datasets", 3_000);
  const runs = useFresh<{ runs: Run[] }>("/v1/runs", Infinity).value?.runs;
  return useMemo(() => {
    const models = [...kept(stored.value?.models), ...MODELS.map((each): ModelChoice => ({ key: each.name, title: each.title, why: each.why, model: each.name }))];
    const data = [...here(datasets.value?.datasets).map((each) => ({ ...each, dataset: { stored: each.key } })), ...known(runs)];
    const own = { model: before["model"], dataset: before["dataset"] };
    const find = <T extends { key: string; title: string }>(all: T[], key: string) => all.find((each) => each.key === key) ?? all.find((each) => each.title === key);
    const isLoading = stored.value === undefined || datasets.value === undefined;
    if (own.model !== undefined && find(models, keyOf(own.model, null)) === undefined) {
      models.unshift({ key: keyOf(own.model, null), title: "As it is", why: "The model that the draft has.", model: own.model as string });
    }
    if (own.dataset !== undefined && find(data, keyOf(own.dataset, null)) === undefined) {
      data.unshift({ key: keyOf(own.dataset, null), title: "As it is", why: "The data that the draft has.", dataset: own.dataset as Record<string, unknown> });
    }
    return {
      models,
      datasets: data,
      model: find(models, modelKey),
      data: find(data, dataKey),
      pending: datasets.value?.datasets.find((each) => each.id === dataKey && ready(each) === undefined),
      isLoading,
      again: () => {
        stored.again();
        datasets.again();
      },
    };
  }, [stored.value, datasets.value, runs, modelKey, dataKey]);
}

interface SourcesProps {
  of: Chosen;
  modelError: FieldError | undefined;
  dataError: FieldError | undefined;
  onModel: (key: string) => void;
  onData: (key: string) => void;
}

/** Model and data: of those that are kept here, or sent now. */
function Sources({ of, modelError, dataError, onModel, onData }: SourcesProps) {
  const [sends, setSends] = useState<"" | "model" | "data">("");
  const version = of.data?.stored === undefined ? undefined : ready(of.data.stored);
  const against = of.model?.stored === undefined || version === undefined ? "" : misfit(of.model.stored, version);
  const sendToo = (what: "model" | "data", text: string) => (
    <div>
      <button type="button" class="button" aria-expanded={sends === what} onClick={() => setSends(sends === what ? "" : what)}>
        {text}
      </button>
    </div>
  );
  return (
    <>
      <Part title="What to train">
        <fieldset id="sources-model">
          <legend>Model</legend>
          <div class="choices">
            {of.models.map((each) => (
              <Choice key={each.key} group="model" value={each.key} isChosen={of.model?.key === each.key} onChoose={onModel} title={each.title} why={each.why} />
            ))}
          </div>
          <Wrong error={modelError} onTake={onModel} />
        </fieldset>
        {sendToo("model", "Send another model")}
      </Part>
      {sends === "model" && <Sent what="model" onDone={(id) => (onModel(id), setSends(""), of.again())} />}
      <Part title="What to learn from">
        {of.isLoading && of.datasets.length === 0 && <Bones rows={1} height={4} />}
        <fieldset id="sources-data">
          <legend>Data</legend>
          {!of.isLoading && of.datasets.length === 0 && <p class="soft">No data are kept here yet.</p>}
          <div class="choices">
            {of.datasets.map((each) => (
              <Choice key={each.key} group="data" value={each.key} isChosen={of.data?.key === each.key} onChoose={onData} title={each.title} why={each.why} />
            ))}
          </div>
          {of.pending === undefined ? <Wrong error={dataError} /> : <Pending dataset={of.pending} />}
        </fieldset>
        {against !== "" && (
          <Note look="wait">
            {of.data?.title} does not fit {of.model?.title}: {against}.
          </Note>
        )}
        {sendToo("data", "Send other data")}
      </Part>
      {sends === "data" && <Sent what="data" onDone={(id) => (onData(id), setSends(""), of.again())} />}
    </>
  );
}

function Pending({ dataset }: { dataset: Dataset }) {
  const last = dataset.versions.at(-1);
  return (
    <Note look={last?.status === "failed" ? "bad" : "wait"}>
      {dataset.name}: {last?.status === "failed" ? (last.reason ?? "it could not be read") : `being cut into pieces, ${count(last?.samplesDone ?? 0)} samples so far. It can be chosen in a moment.`}
    </Note>
  );
}

function Sent({ what, onDone }: { what: "model" | "data"; onDone: (id: string) => void }) {
  return what === "model" ? <AddModel onMade={(model) => onDone(model.id)} /> : <AddData onDone={(dataset) => onDone(dataset.id)} />;
}
