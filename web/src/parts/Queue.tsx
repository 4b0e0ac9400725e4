import { useFresh } from "../live.ts";
import type { Project } from "../projects.ts";
import { Link } from "../router.tsx";

/** Projects that wait for their turn or their time, and what helps; nothing where none does. */
export function Queue() {
  const projects = useFresh<{ projects: Project[] }>("/v1/projects?limit=100", 5_000).value?.projects;
  const waiting = projects?.filter((project) => project.status === "queued") ?? [];
  if (waiting.length === 0) return null;
  return (
    <section class="sheet" aria-labelledby="queue">
      <h2 id="queue">In the queue</h2>
      <ul class="list">
        {waiting.map((project) => (
          <li key={project.id}>
            <Link class="item" href={`/projects/${project.id}`}>
              <span>
                <span class="item-name">{project.name}</span>
                <span class="soft small" style={{ display: "block" }}>
                  {project.waiting}
                </span>
              </span>
              <span class="tag wait">queued</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
