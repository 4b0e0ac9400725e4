/** Parts of forms: a field with its reason and what is wrong with it, and choices. */
import type { ComponentChildren } from "preact";
import type { FieldText } from "../settings.ts";

export function focusOn(form: HTMLFormElement | null, field: string): void {
  form?.querySelector<HTMLElement>(`#field-${field}`)?.focus();
}

export function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="sheet stack" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

export function Choice(props: { group: string; value: string; isChosen: boolean; title: string; why: string; onChoose: (value: string) => void }) {
  return (
    <label class="choice">
      <input type="radio" name={props.group} value={props.value} checked={props.isChosen} onChange={() => props.onChoose(props.value)} />
      <span>
        <strong>{props.title}</strong>
        <span>{props.why}</span>
      </span>
    </label>
  );
}

/** What would do in place of a value. */
export interface Better {
  text: string;
  onTake: () => void;
}

interface FieldProps {
  field: FieldText;
  value: string;
  wrong: string | undefined;
  better?: Better | undefined;
  onChange: (value: string) => void;
  onLeave?: () => void;
}

export function Field({ field, value, wrong, better, onChange, onLeave }: FieldProps) {
  const id = `field-${field.name}`;
  const about = { id, name: field.name, "aria-describedby": `${id}-why`, "aria-invalid": wrong !== undefined, onBlur: () => onLeave?.() };
  if (field.kind === "flag") {
    return (
      <div class="field">
        <label class="check">
          <input {...about} type="checkbox" checked={value === "true"} onChange={(event) => onChange(String(event.currentTarget.checked))} /> {field.label}
        </label>
        <p class="why" id={`${id}-why`}>
          {field.why}
        </p>
      </div>
    );
  }
  return (
    <div class="field">
      <label for={id}>{field.label}</label>
      {field.kind === "choice" ? (
        <select {...about} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {optionsOf(field, value).map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...about}
          type={field.kind === "time" ? "datetime-local" : "text"}
          inputMode={field.kind === "whole" ? "numeric" : field.kind === "number" ? "decimal" : "text"}
          autocomplete="off"
          spellcheck={false}
          placeholder={field.isOptional === true ? "usual" : field.usual}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
      <div id={`${id}-why`}>
        {wrong !== undefined && (
          <p class="wrong" role="alert">
            {wrong}
          </p>
        )}
        <p class="why">{field.why}</p>
      </div>
      {wrong !== undefined && better !== undefined && (
        <div>
          <button type="button" class="button better" onClick={better.onTake} aria-label={`${better.text} for ${field.label}`}>
            {better.text}
          </button>
        </div>
      )}
    </div>
  );
}

/** A value that none of them has, as of a draft made elsewhere, is one more. */
function optionsOf(field: FieldText, value: string): [string, string][] {
  const known = field.choices ?? [];
  return known.some(([name]) => name === value) ? known : [...known, [value, value]];
}
