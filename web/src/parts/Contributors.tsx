import type { FieldError } from "../api.ts";
import { useFresh } from "../live.ts";
import { Patch } from "./basics.tsx";
import { Choice } from "./Fields.tsx";

interface Props {
  value: string;
  error: FieldError | undefined;
  onChange: (value: string) => void;
}

/** Whose devices may work for a training: everybody's, one's own, or those that are chosen. */
export function Contributors({ value, error, onChange }: Props) {
  const isNamed = value !== "everybody" && value !== "mine";
  return (
    <fieldset>
      <legend>Whose devices</legend>
      <div class="choices">
        <Choice group="contributors" value="everybody" isChosen={value === "everybody"} onChoose={onChange} title="Everybody's" why="Whoever lends a device here." />
        <Choice group="contributors" value="mine" isChosen={value === "mine"} onChoose={onChange} title="Mine" why="Only devices that came by my own links." />
        <Choice group="contributors" value="" isChosen={isNamed} onChoose={() => onChange(isNamed ? value : "")} title="Chosen ones" why="These and no others." />
      </div>
      {isNamed && <Named value={value} isWrong={error !== undefined} onChange={onChange} />}
    </fieldset>
  );
}

function Named({ value, isWrong, onChange }: { value: string; isWrong: boolean; onChange: (value: string) => void }) {
  const devices = useFresh<{ devices: { id: string; name: string }[] }>("/v1/devices", 10_000).value?.devices ?? [];
  const names = value.split(",").map((name) => name.trim());
  const turn = (name: string) => {
    const without = names.filter((each) => each !== name && each !== "");
    onChange((names.includes(name) ? without : [...without, name]).join(","));
  };
  return (
    <div class="stack" style={{ gap: "0.6rem", marginTop: "0.8rem" }}>
      <div class="row">
        {devices.map((device) => (
          <label key={device.id} class="check">
            <input type="checkbox" checked={names.includes(`device:${device.name}`) || names.includes(`device:${device.id}`)} onChange={() => turn(`device:${device.name}`)} />
            <Patch device={device.id} /> {device.name}
          </label>
        ))}
      </div>
      <div class="field">
        <label for="field-contributors">Their names</label>
        <input
          id="field-contributors"
          autocomplete="off"
          spellcheck={false}
          placeholder="device:NAME,person:ID"
          value={value}
          aria-invalid={isWrong}
          aria-describedby="contributors-why"
          onInput={(event) => onChange(event.currentTarget.value)}
        />
        <p class="why" id="contributors-why">
          device:NAME for each device, person:ID for all of somebody's, with commas between.
        </p>
      </div>
    </div>
  );
}
