/** Paths of the app, in the browser's history. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

export function go(path: string): void {
  history.pushState(null, "", path);
  dispatchEvent(new Event("moved"));
}

export function usePath(): string {
  const [path, set] = useState(location.pathname);
  useEffect(() => {
    const look = () => set(location.pathname);
    addEventListener("popstate", look);
    addEventListener("moved", look);
    return () => {
      removeEventListener("popstate", look);
      removeEventListener("moved", look);
    };
  }, []);
  return path;
}

type LinkProps = JSX.AnchorHTMLAttributes & { href: string; children: ComponentChildren };

/** A link within the app; what opens elsewhere is left to the browser. */
export function Link({ href, children, ...more }: LinkProps) {
  const follow = (event: JSX.TargetedMouseEvent<HTMLAnchorElement>) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(href);
  };
  return (
    <a {...more} href={href} onClick={follow}>
      {children}
    </a>
  );
}
