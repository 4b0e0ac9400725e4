import { useEffect, useRef, useState } from "preact/hooks";

interface NamingProps {
  title: string;
  deed: string;
  name: string;
  /** None: nothing is to be chosen. */
  choices: [string, string][];
  onYes: (name: string, choice?: string) => void;
  onNo: () => void;
}

/** Asks for a name before something is made. */
export function Naming({ title, deed, name, choices, onYes, onNo }: NamingProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState(name);
  const [choice, choose] = useState(choices[0]?.[0]);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onCancel={onNo} aria-labelledby="naming-title">
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          onYes(text.trim(), choice);
        }}
      >
        <h2 id="naming-title">{title}</h2>
        <div class="field">
          <label for="naming-name">Its name</label>
          <input id="naming-name" required maxLength={100} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </div>
        {choices.length > 0 && (
          <div class="field">
            <label for="naming-choice">It begins</label>
            <select id="naming-choice" value={choice} onChange={(event) => choose(event.currentTarget.value)}>
              {choices.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </div>
        )}
        <div class="row">
          <button type="submit" class="button deed">
            {deed}
          </button>
          <button type="button" class="button" onClick={onNo}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  );
}
