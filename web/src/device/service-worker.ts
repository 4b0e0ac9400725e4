/**
 * Keeps the shell of the pages, so that an installed one opens at once and says what is missing where the
 * coordinator is away. Nothing of the API is kept.
 */
const SHELL = "shell-1";
const KEPT_MAX = 64;

const worker = self as unknown as ServiceWorkerGlobalScope;

worker.addEventListener("install", (event) => (event as ExtendableEvent).waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => (event as ExtendableEvent).waitUntil(worker.clients.claim()));

worker.addEventListener("fetch", (event) => {
  const { request } = event as FetchEvent;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || pathname.startsWith("/v1/")) return;
  const answer = pathname.startsWith("/assets/") ? kept(request) : newest(request);
  (event as FetchEvent).respondWith(answer);
});

/** What has a hash in its name never changes. */
async function kept(request: Request): Promise<Response> {
  const shell = await caches.open(SHELL);
  return (await shell.match(request)) ?? keep(shell, request, await fetch(request));
}

async function newest(request: Request): Promise<Response> {
  const shell = await caches.open(SHELL);
  // All pages are one.
  const key = request.mode === "navigate" ? new Request("/") : request;
  try {
    return await keep(shell, key, await fetch(request));
  } catch (e) {
    const known = await shell.match(key);
    if (known === undefined) throw e;
    return known;
  }
}

async function keep(shell: Cache, key: Request, response: Response): Promise<Response> {
  if (!response.ok) return response;
  await shell.put(key, response.clone());
  const keys = await shell.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - KEPT_MAX)).map((old) => shell.delete(old)));
  return response;
}
