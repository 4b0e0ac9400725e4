import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Problem, type Run, tell } from "../api.ts";
import { deposit } from "../idx.ts";
import { useFresh } from "../live.ts";
import { Note } from "../parts/basics.tsx";
import { Choice, Field, focusOn, Part } from "../parts/Fields.tsx";
import { type DataChoice, here, kept, known, type ModelChoice, samples } from "../parts/Sources.tsx";
import { go, Link } from "../router.tsx";
import { type Dataset, misfit, ready, type StoredModel } from "../stored.ts";
import { FIELDS, type FieldText, isUsed, MODELS, request, STRATEGIES, usual, type Values, wrongs } from "../settings.ts";

/** A form that asks for what is needed, explains the rest, and says what is wrong where it is wrong. */
export function Start() {
  const runs = useFresh<{ runs: Run[] }>("/v1/runs", Infinity).value?.runs;
  const datasets = useFresh<{ datasets: Dataset[] }>("/v1/datasets", 10_000).value?.datasets;
  const stored = useFresh<{ models: StoredModel[] }>("/v1/models", 10_000).value?.models;
  const wanted = new URLSearchParams(location.search);
  const [modelKey, setModel] = useState(wanted.get("model") ?? "mnist-cnn");
  const [values, setValues] = useState<Values>(usual());
  const [sent, setSent] = useState<DataChoice>();
  const [chosen, setChosen] = useState(wanted.get("data") ?? "");
  const [isAll, setAll] = useState(false);
  const [said, setSaid] = useState<Record<string, string>>({});
  const [trouble, setTrouble] = useState("");
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const models = useMemo(() => [...kept(stored), ...MODELS.map((each): ModelChoice => ({ key: each.name, title: each.title, why: each.why, model: each.name }))], [stored]);
  const model = models.find((each) => each.key === modelKey);
  const data = useMemo(() => [...(sent === undefined ? [] : [sent]), ...here(datasets), ...known(runs)], [runs, sent, datasets]);
  const dataset = data.find((each) => each.key === chosen) ?? data[0];
  const version = dataset?.stored === undefined ? undefined : ready(dataset.stored);
  const against = model?.stored === undefined || version === undefined ? "" : misfit(model.stored, version);
  const all: Values = { ...values, trainSamples: String(dataset?.dataset["trainSamples"] ?? 0) };
  const wrong = { ...wrongs(all), ...said };
  const set = (name: string, value: string) => {
    setValues((old) => ({ ...old, [name]: value }));
    setSaid(({ [name]: _, ...rest }) => rest);
  };

  const start = async (event: Event) => {
    event.preventDefault();
    setTrouble("");
    const first = Object.keys(wrong)[0];
    if (first !== undefined) return focusOn(form.current, first);
    if (model === undefined) return setTrouble("model: none (expected: one of those above)");
    if (dataset === undefined) return setTrouble("data: none (expected: a data set, files, or the data of an earlier run)");
    setBusy(true);
    try {
      const run = await tell<Run>("POST", "/v1/runs", { model: model.model, dataset: dataset.dataset, ...request(values) });
      go(`/runs/${run.id}`);
    } catch (failure) {
      const field = failure instanceof Problem ? failure.field : undefined;
      if (field !== undefined && FIELDS.some((each) => each.name === field)) {
        setSaid({ [field]: (failure as Error).message });
        setTimeout(() => focusOn(form.current, field));
      } else {
        setTrouble((failure as Error).message);
      }
    } finally {
      setBusy(false);
    }
  };

  const fields = (group: FieldText["group"]) => FIELDS.filter((field) => field.group === group && isUsed(field, values) && (isAll || field.isRare !== true || wrong[field.name] !== undefined));
  const show = (group: FieldText["group"]) => (
    <div class="fields">
      {fields(group).map((field) => (
        <Field key={field.name} field={field} value={values[field.name] ?? ""} wrong={wrong[field.name]} onChange={(value) => set(field.name, value)} />
      ))}
    </div>
  );
  return (
    <form ref={form} class="stack" noValidate onSubmit={(event) => void start(event)}>
      <div class="head">
        <div>
          <h1>Start a training</h1>
          <p>Everything has a sensible value already; a model and data are enough.</p>
        </div>
        <label class="check">
          <input type="checkbox" checked={isAll} onChange={(event) => setAll(event.currentTarget.checked)} /> Show every setting
        </label>
      </div>
      <Part title="What to train">
        <fieldset>
          <legend>Model</legend>
          <div class="choices">
            {models.map((each) => (
              <Choice key={each.key} group="model" value={each.key} isChosen={modelKey === each.key} onChoose={setModel} title={each.title} why={each.why} />
            ))}
          </div>
        </fieldset>
        <p class="soft small">
          <Link href="/models">Add a model of your own</Link>: from Keras, or as JSON.
        </p>
        {model?.stored?.compiled?.optimizer !== undefined && (
          <Note>
            It brings its own optimizer, {model.stored.compiled.optimizer}, with learning rate {Number((model.stored.compiled.learningRate ?? 0).toPrecision(6))}. Choose another below, and that one is taken.
          </Note>
        )}
      </Part>
      <Part title="What to learn from">
        <Data
          choices={data}
          chosen={dataset?.key ?? ""}
          onChoose={setChosen}
          onSent={(choice) => {
            setSent(choice);
            setChosen(choice.key);
          }}
        />
        {against !== "" && dataset !== undefined && (
          <Note look="wait">
            {dataset.title} does not fit {model?.title}: {against}.
          </Note>
        )}
      </Part>
      <Part title="How long, in which pieces">{show("length")}</Part>
      <Part title="How to step">{show("steps")}</Part>
      <Part title="How the fleet works together">
        <fieldset>
          <legend>Strategy</legend>
          <div class="choices">
            {STRATEGIES.map((each) => (
              <Choice key={each.name} group="strategy" value={each.name} isChosen={values["strategy"] === each.name} onChoose={(name) => set("strategy", name)} title={each.title} why={each.why} />
            ))}
          </div>
        </fieldset>
        {show("fleet")}
      </Part>
      <Part title="Care">{show("care")}</Part>
      {trouble !== "" && <Note look="bad">{trouble}</Note>}
      <div class="row">
        <button type="submit" class="button deed" disabled={isBusy}>
          {isBusy ? "Starting …" : "Start the training"}
        </button>
        {Object.keys(wrong).length > 0 && <span class="tag bad">{Object.keys(wrong).length === 1 ? "one field is not right yet" : `${Object.keys(wrong).length} fields are not right yet`}</span>}
      </div>
    </form>
  );
}

function Data({ choices, chosen, onChoose, onSent }: { choices: DataChoice[]; chosen: string; onChoose: (key: string) => void; onSent: (choice: DataChoice) => void }) {
  const [step, setStep] = useState("");
  const [trouble, setTrouble] = useState("");
  const take = async (list: FileList | null) => {
    if (list === null || list.length === 0) return;
    setTrouble("");
    try {
      const dataset = await deposit([...list], setStep);
      onSent({ key: JSON.stringify(dataset), title: "The files just sent", why: samples(dataset), dataset });
    } catch (failure) {
      setTrouble((failure as Error).message);
    }
    setStep("");
  };
  useEffect(() => setTrouble(""), [chosen]);
  return (
    <>
      {choices.length > 0 && (
        <fieldset>
          <legend>Data</legend>
          <div class="choices">
            {choices.map((each) => (
              <Choice key={each.key} group="data" value={each.key} isChosen={chosen === each.key} onChoose={onChoose} title={each.title} why={each.why} />
            ))}
          </div>
        </fieldset>
      )}
      <div class="field">
        <p class="soft small">
          <Link href="/data">Add a data set</Link> of arrays, a table or pictures; it stays for other trainings.
        </p>
        <label for="files">{choices.length > 0 ? "Or four files of images" : "Or images and labels"}</label>
        <input id="files" type="file" multiple accept=".gz,application/gzip,*" onChange={(event) => void take(event.currentTarget.files)} aria-describedby="files-why" />
        <p class="why" id="files-why">
          Four IDX files, the form of MNIST: images and labels to learn from, and two with “t10k” or “test” in their names to test with. They go to the coordinator, and from there to the devices of the run.
        </p>
      </div>
      {step !== "" && (
        <p class="soft" role="status">
          {step}
        </p>
      )}
      {trouble !== "" && <Note look="bad">{trouble}</Note>}
    </>
  );
}
