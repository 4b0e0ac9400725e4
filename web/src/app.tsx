/** The frame around all pages: where one is, where one can go, and whether the coordinator answers. */
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { paths, signals } from "./api.ts";
import { DevicePage } from "./device/page.tsx";
import { Bones, Empty, Logo } from "./parts/basics.tsx";
import { Account } from "./pages/Account.tsx";
import { ComparisonPage } from "./pages/Comparison.tsx";
import { Credits } from "./pages/Credits.tsx";
import { Data, DataPage } from "./pages/Data.tsx";
import { DeviceWork } from "./pages/Device.tsx";
import { Devices } from "./pages/Devices.tsx";
import { Join } from "./pages/Join.tsx";
import { ModelPage, Models } from "./pages/Models.tsx";
import { Overview } from "./pages/Overview.tsx";
import { People } from "./pages/People.tsx";
import { EditProject, NewProject } from "./pages/ProjectForm.tsx";
import { ProjectPage } from "./pages/ProjectPage.tsx";
import { Projects } from "./pages/Projects.tsx";
import { RunPage } from "./pages/RunPage.tsx";
import { Runs } from "./pages/Runs.tsx";
import { SignIn } from "./pages/SignIn.tsx";
import { Start } from "./pages/Start.tsx";
import { Link, usePath } from "./router.tsx";
import { fromLink, type Role, type Session, useSession } from "./session.ts";
import { choose, theme } from "./theme.ts";

interface Room {
  path: string;
  name: string;
  page: ComponentType<{ session: Session; onSession: (session: Session) => void }>;
  /** Shown only where the coordinator has this path. */
  needs?: string;
  /** Shown only to who has this role, where there are accounts. */
  role?: Role;
  /** Shown only where there are accounts. */
  isOfPeople?: boolean;
}

const ROOMS: Room[] = [
  { path: "/", name: "Overview", page: Overview },
  { path: "/runs", name: "Runs", page: Runs },
  { path: "/projects", name: "Projects", page: Projects, needs: "/v1/projects", role: "requestor" },
  { path: "/data", name: "Data", page: Data, needs: "/v1/datasets", role: "requestor" },
  { path: "/models", name: "Models", page: Models, needs: "/v1/models", role: "requestor" },
  { path: "/devices", name: "Devices", page: Devices },
  { path: "/join", name: "Join", page: Join },
  { path: "/credits", name: "Credits", page: Credits, needs: "/v1/credits" },
  { path: "/people", name: "People", page: People, needs: "/v1/accounts", role: "administrator", isOfPeople: true },
];

export function App() {
  const path = usePath();
  const known = usePaths();
  const [session, setSession] = useSession();
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  useEffect(() => {
    document.title = `${titleOf(path)} – Motley`;
    if (!isFirst.current) {
      main.current?.focus();
      scrollTo(0, 0);
    }
    isFirst.current = false;
  }, [path]);
  const isIn = session !== undefined && (!session.accounts || session.person !== undefined) && !["setup", "invitation", "reset"].some(fromLink);
  const rooms = ROOMS.filter((room) => isOpen(room, known, session));
  return (
    <>
      <a class="skip" href="#main" onClick={() => main.current?.focus()}>
        Skip to the page
      </a>
      <header class="top">
        <div class="top-in">
          <Link class="brand" href="/">
            <Logo /> Motley
          </Link>
          <nav class="nav" aria-label="Pages">
            {isIn && rooms.map((room) => (
              <Link key={room.path} href={room.path} aria-current={isAt(path, room.path) ? "page" : undefined}>
                {room.name}
              </Link>
            ))}
          </nav>
          <ThemeSwitch />
          {isIn && session.accounts && (
            <Link class="button bare" href="/account" aria-current={path === "/account" ? "page" : undefined}>
              {session.person?.name}
            </Link>
          )}
          {isIn && (
            <Link class="button deed" href="/start">
              Train
            </Link>
          )}
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <Inside path={path} session={session} isIn={isIn} onSession={setSession} />
      </main>
      <footer class="foot">
        Devices run tensor programs, never code. <a href="/v1/openapi.yaml">The interface behind these pages</a>
      </footer>
      <Away />
    </>
  );
}

interface InsideProps {
  path: string;
  session: Session | undefined;
  isIn: boolean;
  onSession: (session: Session) => void;
}

/** The page, or the door before it. A link for devices is its own key. */
function Inside({ path, session, isIn, onSession }: InsideProps) {
  if (isDevice(path)) return <DevicePage />;
  if (session === undefined) return <Bones rows={4} height={3} />;
  return isIn ? page(path, session, onSession) : <SignIn session={session} onDone={onSession} />;
}

function isDevice(path: string): boolean {
  return path === "/device" || location.hash.startsWith("#join=");
}

function isOpen(room: Room, known: Set<string>, session: Session | undefined): boolean {
  if (room.needs !== undefined && !known.has(room.needs)) return false;
  if (session?.accounts !== true) return room.isOfPeople !== true;
  const roles = session.person?.roles ?? [];
  return room.role === undefined || roles.includes(room.role) || roles.includes("administrator");
}

function page(path: string, session: Session, onSession: (session: Session) => void) {
  const run = /^\/runs\/([a-z0-9]+)$/.exec(path)?.[1];
  if (run !== undefined) return <RunPage key={run} id={run} />;
  const data = /^\/data\/([a-z0-9]+)$/.exec(path)?.[1];
  if (data !== undefined) return <DataPage key={data} id={data} session={session} />;
  const model = /^\/models\/([a-z0-9]+)$/.exec(path)?.[1];
  if (model !== undefined) return <ModelPage key={model} id={model} session={session} />;
  const device = /^\/devices\/([^/]+)$/.exec(path)?.[1];
  if (device !== undefined) return <DeviceWork key={device} id={decodeURIComponent(device)} />;
  const project = ofProject(path, session);
  if (project !== undefined) return project;
  if (path === "/start") return <Start />;
  if (path === "/account" && session.accounts) return <Account session={session} onSession={onSession} />;
  const Page = ROOMS.find((room) => room.path === path)?.page;
  if (Page !== undefined) return <Page session={session} onSession={onSession} />;
  return (
    <Empty>
      <h1>Nothing here</h1>
      <p>There is no page {path}.</p>
      <Link class="button" href="/">
        To the overview
      </Link>
    </Empty>
  );
}

function ofProject(path: string, session: Session) {
  if (path === "/projects/new") return <NewProject />;
  const [, id, what, other] = /^\/projects\/([a-z0-9]+)(?:\/(edit|with)(?:\/([a-z0-9]+))?)?$/.exec(path) ?? [];
  if (id === undefined) return undefined;
  if (what === undefined) return <ProjectPage key={id} id={id} session={session} />;
  if (what === "edit" && other === undefined) return <EditProject key={id} id={id} />;
  return what === "with" && other !== undefined ? <ComparisonPage key={path} first={id} second={other} /> : undefined;
}

function isAt(path: string, room: string): boolean {
  return room === "/" ? path === "/" : path === room || path.startsWith(`${room}/`);
}

function titleOf(path: string): string {
  if (path === "/start") return "Start a training";
  if (path === "/account") return "Account";
  if (isDevice(path)) return "This browser as a device";
  return ROOMS.find((room) => isAt(path, room.path))?.name ?? "Nothing here";
}

function usePaths(): Set<string> {
  const [known, set] = useState(new Set<string>());
  useEffect(() => {
    const look = () => void paths().then(set, () => {});
    look();
    signals.addEventListener("back", look, { once: true });
    return () => signals.removeEventListener("back", look);
  }, []);
  return known;
}

const NEXT = { system: "light", light: "dark", dark: "system" } as const;

function ThemeSwitch() {
  const [now, set] = useState(theme());
  const turn = () => {
    choose(NEXT[now]);
    set(NEXT[now]);
  };
  return (
    <button type="button" class="button bare round" onClick={turn} aria-label={`Colours: ${now === "system" ? "as the system" : now}. Change`} title={`Colours: ${now}`}>
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8">
        <circle cx="12" cy="12" r="8.2" />
        <path d={now === "light" ? "" : now === "dark" ? "M3.8 12a8.2 8.2 0 1 0 16.4 0 8.2 8.2 0 1 0-16.4 0Z" : "M12 3.8a8.2 8.2 0 0 1 0 16.4Z"} fill="currentColor" />
      </svg>
    </button>
  );
}

/** Says when the coordinator is away; everything that was there stays. */
function Away() {
  const [isAway, set] = useState(false);
  useEffect(() => {
    const away = () => set(true);
    const back = () => set(false);
    signals.addEventListener("away", away);
    signals.addEventListener("back", back);
    return () => {
      signals.removeEventListener("away", away);
      signals.removeEventListener("back", back);
    };
  }, []);
  return (
    <div class="away" role="status" aria-live="polite">
      {isAway && <p>The coordinator does not answer. This page goes on by itself as soon as it does.</p>}
    </div>
  );
}
