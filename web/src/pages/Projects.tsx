import { useState } from "preact/hooks";
import { ask } from "../api.ts";
import { ago, moment, percent } from "../format.ts";
import { useFresh } from "../live.ts";
import { Bones, Empty, Note, Progress } from "../parts/basics.tsx";
import { isOver, type Project, type ProjectStatus } from "../projects.ts";
import { Link } from "../router.tsx";

const LOOKS: Record<ProjectStatus, string> = { draft: "", queued: "wait", running: "good live", paused: "wait", completed: "good", stopped: "", failed: "bad" };
const STATUSES = Object.keys(LOOKS) as ProjectStatus[];
const PAGE = 100;

export function ProjectTag({ project }: { project: Project }) {
  return <span class={`tag ${LOOKS[project.status]}`}>{project.status}</span>;
}

interface Listed {
  projects: Project[];
  next?: string;
}

/** Trainings that are prepared, wait, are under way, are over. */
export function Projects() {
  const fresh = useFresh<Listed>(`/v1/projects?limit=${PAGE}`, 3_000).value;
  const [older, setOlder] = useState<Listed>();
  const [only, setOnly] = useState<ProjectStatus>();
  const [trouble, setTrouble] = useState("");
  const next = older === undefined ? fresh?.next : older.next;
  const all = fresh === undefined ? undefined : unique([...fresh.projects, ...(older?.projects ?? [])]);
  const shown = all?.filter((project) => only === undefined || project.status === only);
  const goOn = async () => {
    try {
      setTrouble("");
      const more = await ask<Listed>(`/v1/projects?limit=${PAGE}&after=${next ?? ""}`);
      setOlder({ ...more, projects: [...(older?.projects ?? []), ...more.projects] });
    } catch (failure) {
      setTrouble((failure as Error).message);
    }
  };
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1>Projects</h1>
          <p>Trainings that are prepared, checked and priced before they start.</p>
        </div>
        <Link class="button deed" href="/projects/new">
          New project
        </Link>
      </div>
      {all !== undefined && all.length > 0 && <Filter all={all} only={only} onChange={setOnly} />}
      <section class="sheet" aria-label="Projects">
        {shown === undefined ? <Bones rows={4} height={3} /> : all?.length === 0 ? <None /> : <List projects={shown} />}
        {trouble !== "" && <Note look="bad">{trouble}</Note>}
        {next !== undefined && (
          <button type="button" class="button" onClick={() => void goOn()}>
            Show more
          </button>
        )}
      </section>
    </div>
  );
}

function unique(projects: Project[]): Project[] {
  return [...new Map(projects.map((project) => [project.id, project])).values()];
}

function Filter({ all, only, onChange }: { all: Project[]; only: ProjectStatus | undefined; onChange: (only: ProjectStatus | undefined) => void }) {
  const there = STATUSES.map((status) => ({ status, count: all.filter((project) => project.status === status).length })).filter(({ count }) => count > 0);
  return (
    <div class="row" role="group" aria-label="Show only">
      <button type="button" class="button chip" aria-pressed={only === undefined} onClick={() => onChange(undefined)}>
        all <span class="soft">{all.length}</span>
      </button>
      {there.map(({ status, count }) => (
        <button key={status} type="button" class="button chip" aria-pressed={only === status} onClick={() => onChange(only === status ? undefined : status)}>
          {status} <span class="soft">{count}</span>
        </button>
      ))}
    </div>
  );
}

function None() {
  return (
    <Empty>
      <p>No projects yet. A project is a training that you prepare at leisure: every field is checked, you see what it will be and cost, and start it now or tonight.</p>
      <Link class="button deed" href="/projects/new">
        Prepare the first one
      </Link>
    </Empty>
  );
}

function List({ projects }: { projects: Project[] }) {
  if (projects.length === 0) return <p class="soft">None is in this state any more.</p>;
  return (
    <ul class="list">
      {projects.map((project) => (
        <li key={project.id}>
          <Link class="item" href={`/projects/${project.id}`}>
            <span>
              <span class="item-name">{project.name}</span>
              <span class="soft small" style={{ display: "block" }}>
                {line(project)}
              </span>
            </span>
            <ProjectTag project={project} />
          </Link>
          {project.status === "running" && project.progress !== undefined && (
            <div style={{ paddingBottom: "0.9rem" }}>
              <Progress share={project.progress.samplesDone / Math.max(1, project.progress.samplesInRun)} label={`Progress of ${project.name}`} />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What it waits for and what helps; of one that is over what came of it. */
function line(project: Project): string {
  const accuracy = project.lastEvaluation?.accuracy;
  const isAtWork = project.status === "running" && (project.progress?.devices ?? 0) > 0;
  const parts = [
    ...(project.status === "running" && project.progress !== undefined ? [`epoch ${Math.min(project.progress.epoch + 1, project.progress.epochs)} of ${project.progress.epochs}`] : []),
    ...(accuracy === undefined ? [] : [`accuracy ${percent(accuracy)}`]),
    ...(isAtWork || (isOver(project) && project.status !== "failed") ? [] : [project.waiting.replace(/\.$/, "")]),
    ...(project.deadlineMs !== undefined && !isOver(project) ? [`ends ${moment(project.deadlineMs)} at the latest`] : []),
    ago(project.changedAtMs),
  ];
  return parts.filter((part) => part !== "").join(" · ");
}
