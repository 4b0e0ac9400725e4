import { Link } from "../router.tsx";
import { Bones, Empty } from "./basics.tsx";

/** A page of something that is not here: not yet, or not at all. */
export function Absent({ what, trouble, all, href }: { what: string; trouble: Error | undefined; all: string; href: string }) {
  if (trouble === undefined) return <Bones rows={5} height={3} />;
  return (
    <Empty>
      <h1>No such {what}</h1>
      <p>{trouble.message}</p>
      <Link class="button" href={href}>
        {all}
      </Link>
    </Empty>
  );
}
