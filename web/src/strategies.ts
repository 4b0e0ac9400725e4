/** The ways of training, as docs/strategies.md explains them. */
export interface StrategyText {
  name: "sync" | "k-batch" | "async" | "local";
  title: string;
  why: string;
  hasK: boolean;
  hasStaleness: boolean;
}

export const STRATEGIES: StrategyText[] = [
  { name: "sync", title: "Synchronous", why: "Waits for every task. The weights do not depend on who took part.", hasK: false, hasStaleness: false },
  { name: "k-batch", title: "K-batch", why: "Goes on with the first K answers. For fleets with stragglers.", hasK: true, hasStaleness: false },
  { name: "async", title: "Asynchronous", why: "An update for every few answers, though parameters are a little old.", hasK: true, hasStaleness: true },
  { name: "local", title: "Local steps", why: "Devices take many steps by themselves. For slow networks.", hasK: false, hasStaleness: false },
];
