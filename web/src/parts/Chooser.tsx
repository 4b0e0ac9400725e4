import { useRef, useState } from "preact/hooks";
import { bytes } from "../format.ts";
import { sendFile } from "../upload.ts";
import { Progress } from "./basics.tsx";

/** Where files are dropped or chosen. */
export function Chooser(props: { id: string; label: string; why: string; isMany: boolean; accept?: string; isBusy: boolean; onFiles: (files: File[]) => void }) {
  const [isOver, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (!props.isBusy && files.length > 0) props.onFiles(files);
  };
  return (
    <div
      class={`drop ${isOver ? "over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <label for={props.id}>{props.label}</label>
      <p class="soft small" id={`${props.id}-why`}>
        {props.why}
      </p>
      <input
        id={props.id}
        type="file"
        multiple={props.isMany}
        disabled={props.isBusy}
        aria-describedby={`${props.id}-why`}
        {...(props.accept === undefined ? {} : { accept: props.accept })}
        onChange={(event) => {
          const files = [...(event.currentTarget.files ?? [])];
          event.currentTarget.value = "";
          if (files.length > 0) props.onFiles(files);
        }}
      />
    </div>
  );
}

export interface Sending {
  file: File;
  share: number;
}

/** Sends files one after the other; what one sees of it, and how to end it. */
export function useSending() {
  const [sending, set] = useState<Sending>();
  const stop = useRef<AbortController>();
  const send = async (files: File[]): Promise<string[]> => {
    const ids: string[] = [];
    stop.current = new AbortController();
    try {
      for (const file of files) {
        set({ file, share: 0 });
        ids.push(await sendFile(file, (share) => set({ file, share }), stop.current.signal));
      }
      return ids;
    } finally {
      set(undefined);
    }
  };
  return { sending, send, cancel: () => stop.current?.abort(new Error("Stopped. Choose the same file again to go on.")) };
}

export function SendingLine({ sending, onCancel }: { sending: Sending; onCancel: () => void }) {
  return (
    <div class="stack" style={{ gap: "0.5rem" }}>
      <div class="row between" role="status">
        <span>
          Sending <strong>{sending.file.name}</strong>
        </span>
        <span class="soft">
          {bytes(sending.share * sending.file.size)} of {bytes(sending.file.size)}
        </span>
      </div>
      <Progress share={sending.share} label={`Sent of ${sending.file.name}`} />
      <div>
        <button type="button" class="button" onClick={onCancel}>
          Stop
        </button>
      </div>
    </div>
  );
}
