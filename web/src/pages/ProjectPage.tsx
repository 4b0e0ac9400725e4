import { useEffect, useMemo, useState } from "preact/hooks";
import { type Curves, type FieldError, type Run, tell } from "../api.ts";
import { fromHistory, NOTHING } from "../curves.ts";
import { credits, moment, percent } from "../format.ts";
import { useFresh } from "../live.ts";
import { Absent } from "../parts/Absent.tsx";
import { Confirm, Note } from "../parts/basics.tsx";
import { Curve } from "../parts/Curve.tsx";
import { Naming } from "../parts/Naming.tsx";
import { Plan } from "../parts/Outline.tsx";
import { RunFigures } from "../parts/RunFigures.tsx";
import { Sharing } from "../parts/Sharing.tsx";
import { type Fields, isOpen, isOver, offerOf, type Project, PROJECT_FIELDS, saidOf, textOf } from "../projects.ts";
import { go, Link } from "../router.tsx";
import type { Session } from "../session.ts";
import { ProjectTag } from "./Projects.tsx";

/** One project: what it will be or has become, and what can be done with it. */
export function ProjectPage({ id, session }: { id: string; session: Session }) {
  const path = `/v1/projects/${id}`;
  const fresh = useFresh<Project>(path, 2_000);
  const project = fresh.value;
  useEffect(() => {
    if (project !== undefined) document.title = `${project.name} – Motley`;
  }, [project?.name]);
  if (project === undefined) return <Absent what="project" trouble={fresh.trouble} all="All projects" href="/projects" />;
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1>{project.name}</h1>
          <p class="row">
            <ProjectTag project={project} />
            <span>since {moment(project.createdAtMs)}</span>
            {project.run !== undefined && (
              <Link class="mono" href={`/runs/${project.run}`}>
                {project.run}
              </Link>
            )}
          </p>
        </div>
        <Deeds project={project} onChange={fresh.again} />
      </div>
      <Waiting project={project} />
      {project.run !== undefined && <Going project={project} run={project.run} />}
      {isOpen(project) && <Lacks project={project} onChange={fresh.again} />}
      <div class="two">
        <Settings project={project} />
        <div class="stack">
          {project.outline !== undefined && (
            <section class="sheet stack" aria-labelledby="plan">
              <h2 id="plan">{isOpen(project) ? "What it will be" : "How it is cut"}</h2>
              <Plan outline={project.outline} />
            </section>
          )}
          {project.run !== undefined && <Compare project={project} />}
          {!isOver(project) && <Deadline key={project.deadlineMs} project={project} onChange={fresh.again} />}
          <Shared project={project} session={session} />
        </div>
      </div>
    </div>
  );
}

function Waiting({ project }: { project: Project }) {
  if (project.status === "running" && (project.progress?.devices ?? 0) > 0) return null;
  const look = project.status === "failed" ? "bad" : project.status === "completed" ? "good" : "wait";
  return (
    <Note look={project.status === "draft" ? "" : look}>
      {project.waiting}
      {project.status === "queued" && project.queuedAtMs !== undefined && <span class="soft small"> It waits since {moment(project.queuedAtMs)}.</span>}
    </Note>
  );
}

type Question = "stop" | "remove" | "clone" | "continue";

function Deeds({ project, onChange }: { project: Project; onChange: () => void }) {
  const [trouble, setTrouble] = useState("");
  const [asked, ask] = useState<Question>();
  const path = `/v1/projects/${project.id}`;
  const act = async (deed: () => Promise<unknown>) => {
    ask(undefined);
    try {
      setTrouble("");
      await deed();
      onChange();
    } catch (failure) {
      setTrouble((failure as Error).message);
    }
  };
  const verb = (name: string) => void act(() => tell("POST", `${path}/${name}`));
  const again = async (name: string, which?: string) => {
    const where = which === undefined ? "clone" : `continue?checkpoint=${which}`;
    const copy = await tell<Project>("POST", `${path}/${where}`, { name });
    go(`/projects/${copy.id}/edit`);
  };
  const button = (text: string, deed: () => void, look = "") => (
    <button type="button" class={`button ${look}`} onClick={deed}>
      {text}
    </button>
  );
  const { status } = project;
  const isGoing = status === "running" || status === "paused";
  return (
    <div class="row">
      {isOpen(project) && status !== "queued" && button("Start", () => verb("start"), "deed")}
      {status === "paused" && button("Resume", () => verb("resume"), "deed")}
      {isOver(project) && button("Train on", () => ask("continue"), "deed")}
      {isOpen(project) && (
        <Link class="button" href={`/projects/${project.id}/edit`}>
          Change
        </Link>
      )}
      {status === "queued" && button("Take out of the queue", () => verb("stop"))}
      {status === "running" && button("Pause", () => verb("pause"))}
      {project.run !== undefined && (
        <Link class="button" href={`/runs/${project.run}`}>
          Open the run
        </Link>
      )}
      {button("Clone", () => ask("clone"))}
      {isGoing && button("Stop", () => ask("stop"), "danger")}
      {!isGoing && status !== "queued" && button("Remove", () => ask("remove"), "danger")}
      {trouble !== "" && <Note look="bad">{trouble}</Note>}
      {asked === "stop" && (
        <Confirm title="Stop this training?" deed="Stop it" onNo={() => ask(undefined)} onYes={() => verb("stop")}>
          <p>It ends at the last round, whose parameters are kept. One that shall go on later can be paused instead.</p>
        </Confirm>
      )}
      {asked === "remove" && (
        <Confirm
          title={`Remove ${project.name}?`}
          deed="Remove it"
          onNo={() => ask(undefined)}
          onYes={() => {
            ask(undefined);
            void tell("DELETE", path).then(
              () => go("/projects"),
              (failure: unknown) => setTrouble((failure as Error).message),
            );
          }}
        >
          <p>{project.run === undefined ? "What was filled in goes with it." : "Its run stays, with all that it has learnt."}</p>
        </Confirm>
      )}
      {(asked === "clone" || asked === "continue") && (
        <Naming
          title={asked === "clone" ? "A copy of its fields" : "Go on from what it has learnt"}
          deed={asked === "clone" ? "Make the copy" : "Prepare it"}
          name={`${project.name} again`.slice(-100)}
          choices={asked === "clone" ? [] : [["latest", "from the last parameters"], ["best", "from those whose test went best"]]}
          onNo={() => ask(undefined)}
          onYes={(name, which) => void act(() => again(name, which))}
        />
      )}
    </div>
  );
}

/** The run that it became, in brief; the rest is on the run's page. */
function Going({ project, run: id }: { project: Project; run: string }) {
  const isAtWork = project.status === "running";
  const run = useFresh<Run>(`/v1/runs/${id}`, isAtWork ? 2_000 : 20_000).value;
  const curves = useFresh<Curves>(`/v1/runs/${id}/metrics`, isAtWork ? 3_000 : 60_000).value;
  const drawn = useMemo(() => {
    if (run === undefined || curves === undefined) return NOTHING;
    return fromHistory(curves, Math.max(1, run.progress.samplesInRun / Math.max(1, run.progress.epochs)));
  }, [curves, run?.id]);
  const lines = useMemo(() => ({ line: { x: drawn.rounds.x, y: drawn.rounds.accuracy }, dots: { x: drawn.tests.x, y: drawn.tests.accuracy } }), [drawn]);
  return (
    <div class="stack" style={{ gap: "0.8rem" }}>
      <RunFigures run={run} />
      <section class="sheet">
        <Curve title="Accuracy" {...lines} show={(value) => percent(value, value > 0.98 ? 1 : 0)} ends={run?.progress.epochs ?? 1} range={[0, 1]} />
      </section>
    </div>
  );
}

/** What is wrong or missing, with what would do. */
function Lacks({ project, onChange }: { project: Project; onChange: () => void }) {
  const [trouble, setTrouble] = useState("");
  const errors = project.errors ?? [];
  if (errors.length === 0) return null;
  const take = async (error: FieldError) => {
    try {
      setTrouble("");
      await tell("PATCH", `/v1/projects/${project.id}`, { [error.field]: error.proposal });
      onChange();
    } catch (failure) {
      setTrouble((failure as Error).message);
    }
  };
  return (
    <section class="sheet stack" aria-labelledby="lacks">
      <h2 id="lacks">What it still needs</h2>
      <ul class="list">
        {errors.map((error) => (
          <li key={error.field} class="item">
            <span>
              <span class="item-name">{error.field}</span> <span class="soft small">{saidOf(error)}</span>
            </span>
            {offerOf(error) !== undefined && (
              <button type="button" class="button better" onClick={() => void take(error)}>
                {offerOf(error)}
              </button>
            )}
          </li>
        ))}
      </ul>
      {trouble !== "" && <Note look="bad">{trouble}</Note>}
      <div>
        <Link class="button" href={`/projects/${project.id}/edit`}>
          Fill it in
        </Link>
      </div>
    </section>
  );
}

const HIDDEN = new Set(["name", "ancestor", "initialWeights"]);
const LABELS: Record<string, string> = {
  ...Object.fromEntries(PROJECT_FIELDS.map((field) => [field.name, field.label])),
  tasks: "Tasks of a batch",
  model: "Model",
  dataset: "Data",
  strategy: "Strategy",
  continues: "Goes on from",
};

function Settings({ project }: { project: Project }) {
  const fields: Fields = project.fields ?? {};
  return (
    <section class="sheet stack" aria-labelledby="settings">
      <h2 id="settings">What was filled in</h2>
      <dl class="pairs">
        {Object.entries(fields)
          .filter(([name]) => !HIDDEN.has(name))
          .map(([name, value]) => (
            <FieldPair key={name} name={name} value={value} />
          ))}
      </dl>
    </section>
  );
}

function FieldPair({ name, value }: { name: string; value: unknown }) {
  return (
    <>
      <dt>{LABELS[name] ?? name}</dt>
      <dd>{shown(name, value)}</dd>
    </>
  );
}

/** A value, with a link to what it names. */
export function shown(name: string, value: unknown) {
  const stored = (value as { stored?: string; run?: string } | null | undefined)?.stored;
  if (stored !== undefined) return <StoredLink room={name === "dataset" ? "data" : "models"} id={stored} />;
  if (name === "continues") return <Link href={`/runs/${(value as { run: string }).run}`}>{(value as { run: string }).run}</Link>;
  if (typeof value === "number" && name.endsWith("AtMs")) return moment(value);
  if (typeof value === "number" && name === "deadlineMs") return moment(value);
  if (typeof value === "number" && name === "budgetMicros") return `${credits(value)} credits`;
  const text = textOf(name, value);
  return text.length > 200 ? `${text.slice(0, 200)} …` : text;
}

function StoredLink({ room, id }: { room: "data" | "models"; id: string }) {
  const named = useFresh<{ id: string; name: string }>(`/v1/${room === "data" ? "datasets" : "models"}/${id}`, Infinity).value;
  return <Link href={`/${room}/${named?.id ?? id}`}>{named?.name ?? id}</Link>;
}

function Compare({ project }: { project: Project }) {
  const all = useFresh<{ projects: Project[] }>("/v1/projects?limit=100", 20_000).value?.projects;
  const others = all?.filter((other) => other.id !== project.id && other.run !== undefined) ?? [];
  const [chosen, choose] = useState("");
  const other = chosen === "" ? (others[0]?.id ?? "") : chosen;
  return (
    <section class="sheet stack" aria-labelledby="compare">
      <h2 id="compare">Compare</h2>
      {others.length === 0 ? (
        <p class="soft">There is no other project that has started. Clone this one, change a field, and see what it does.</p>
      ) : (
        <form
          class="row"
          onSubmit={(event) => {
            event.preventDefault();
            go(`/projects/${project.id}/with/${other}`);
          }}
        >
          <label class="hidden" for="other">
            Another project
          </label>
          <select id="other" style={{ flex: "1 1 10rem", width: "auto" }} value={other} onChange={(event) => choose(event.currentTarget.value)}>
            {others.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name} ({each.status})
              </option>
            ))}
          </select>
          <button type="submit" class="button">
            Compare
          </button>
        </form>
      )}
    </section>
  );
}

/** Of one that runs, too. */
function Deadline({ project, onChange }: { project: Project; onChange: () => void }) {
  const [text, setText] = useState(project.deadlineMs === undefined ? "" : textOf("deadlineMs", project.deadlineMs));
  const [trouble, setTrouble] = useState<{ text: string; error?: FieldError | undefined }>();
  const set = async (deadlineMs: unknown) => {
    try {
      setTrouble(undefined);
      await tell("PATCH", `/v1/projects/${project.id}`, { deadlineMs });
      onChange();
    } catch (failure) {
      const error = (failure as { errors?: FieldError[] }).errors?.find((each) => each.field === "deadlineMs");
      setTrouble({ text: error === undefined ? (failure as Error).message : saidOf(error), error });
    }
  };
  const offer = trouble?.error === undefined ? undefined : offerOf(trouble.error);
  return (
    <section class="sheet stack" aria-labelledby="deadline">
      <h2 id="deadline">Deadline</h2>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          void set(text === "" ? null : Date.parse(text));
        }}
      >
        <label class="hidden" for="deadline-at">
          Day and time
        </label>
        <input id="deadline-at" type="datetime-local" style={{ flex: "1 1 12rem", width: "auto" }} value={text} onInput={(event) => setText(event.currentTarget.value)} aria-invalid={trouble !== undefined} aria-describedby="deadline-why" />
        <button type="submit" class="button">
          Set
        </button>
      </form>
      <div id="deadline-why" class="field">
        {trouble !== undefined && (
          <p class="wrong" role="alert">
            {trouble.text}
          </p>
        )}
        {offer !== undefined && (
          <div>
            <button type="button" class="button better" onClick={() => void set(trouble?.error?.proposal)}>
              {offer}
            </button>
          </div>
        )}
        <p class="why">Then it ends with what it has learnt. Empty: never.</p>
      </div>
    </section>
  );
}

function Shared({ project, session }: { project: Project; session: Session }) {
  if (!session.accounts) return null;
  if (project.run !== undefined) return <Sharing path={`/v1/runs/${project.run}`} onChange={() => {}} />;
  return (
    <section class="sheet stack" aria-labelledby="sharing">
      <h2 id="sharing">Shared with</h2>
      <p class="soft">Nobody: a project is its owner's. Once it has started its run can be shared from here.</p>
    </section>
  );
}
