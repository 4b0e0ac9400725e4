import { useState } from "preact/hooks";
import { tell } from "../api.ts";
import { useFresh } from "../live.ts";
import { Note } from "./basics.tsx";

interface Share {
  person: string;
  name: string;
  may: string;
}

/** With whom something of one's own is shared. */
export function Sharing({ path, onChange }: { path: string; onChange: () => void }) {
  const fresh = useFresh<{ shares: Share[] }>(`${path}/shares`, Infinity);
  const [name, setName] = useState("");
  const [trouble, setTrouble] = useState("");
  const act = async (deed: () => Promise<unknown>) => {
    try {
      setTrouble("");
      await deed();
      setName("");
      fresh.again();
      onChange();
    } catch (failure) {
      setTrouble((failure as Error).message);
    }
  };
  const share = (person: string) => act(() => tell("PUT", `${path}/shares/${encodeURIComponent(person)}`, { may: "read" }));
  const shares = fresh.value?.shares ?? [];
  const isOpen = shares.some((each) => each.person === "everybody");
  return (
    <section class="sheet stack" aria-labelledby="sharing">
      <h2 id="sharing">Shared with</h2>
      <label class="check">
        <input
          type="checkbox"
          checked={isOpen}
          onChange={() => void (isOpen ? act(() => tell("DELETE", `${path}/shares/everybody`)) : share("everybody"))}
        />{" "}
        everybody who has an account here
      </label>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          void share(name.trim());
        }}
      >
        <label class="hidden" for="share-name">
          Name of a person
        </label>
        <input id="share-name" style={{ flex: "1 1 9rem", width: "auto" }} placeholder="Name of a person" required value={name} onInput={(event) => setName(event.currentTarget.value)} />
        <button type="submit" class="button">
          Share
        </button>
      </form>
      {trouble !== "" && <Note look="bad">{trouble}</Note>}
      <ul class="list">
        {shares
          .filter((each) => each.person !== "everybody")
          .map((each) => (
            <li key={each.person} class="item">
              <span class="item-name">{each.name}</span>
              <button type="button" class="button" onClick={() => void act(() => tell("DELETE", `${path}/shares/${each.person}`))}>
                End<span class="hidden"> sharing with {each.name}</span>
              </button>
            </li>
          ))}
      </ul>
    </section>
  );
}

/** Whose something is, where it is not one's own. */
export function OwnerTag({ of }: { of: { isMine: boolean; isShared?: boolean; ownerName: string } }) {
  if (!of.isMine) return <span class="tag">from {of.ownerName}</span>;
  return of.isShared === true ? <span class="tag">shared</span> : null;
}
