import { useState } from "preact/hooks";
import { tell } from "../api.ts";
import { ago, moment } from "../format.ts";
import { useFresh } from "../live.ts";
import { Bones, Command, Note } from "../parts/basics.tsx";
import type { Role } from "../session.ts";

interface Account {
  id: string;
  name: string;
  roles: Role[];
  isDisabled: boolean;
  hasPassword: boolean;
  createdAtMs: number;
}

interface Invitation {
  id: string;
  roles: Role[];
  expiresAtMs: number;
  token?: string;
}

interface AuditEntry {
  sequence: number;
  atMs: number;
  name: string;
  action: string;
  subject: string;
  address: string;
}

const ROLES: Role[] = ["administrator", "requestor", "provider"];

/** For administrators: who may do what, who is invited, who did what. */
export function People() {
  return (
    <div class="stack">
      <div class="head">
        <div>
          <h1>People</h1>
          <p>A requestor starts trainings, a provider lends devices, an administrator sees and may do everything.</p>
        </div>
      </div>
      <Invite />
      <Accounts />
      <Audit />
    </div>
  );
}

function Invite() {
  const fresh = useFresh<{ invitations: Invitation[] }>("/v1/invitations", 15_000);
  const [roles, setRoles] = useState<Role[]>(["requestor", "provider"]);
  const [link, setLink] = useState("");
  const [trouble, setTrouble] = useState("");
  const act = async (deed: () => Promise<void>) => {
    try {
      setTrouble("");
      await deed();
      fresh.again();
    } catch (failure) {
      setTrouble((failure as Error).message);
    }
  };
  const invite = () =>
    act(async () => {
      const made = await tell<Invitation>("POST", "/v1/invitations", { roles });
      setLink(`${location.origin}/#invitation=${made.token ?? ""}`);
    });
  return (
    <section class="sheet stack" aria-labelledby="invite">
      <h2 id="invite">Invite somebody</h2>
      <div class="row">
        {ROLES.map((role) => (
          <label key={role} class="check" style={{ marginRight: "1rem" }}>
            <input type="checkbox" checked={roles.includes(role)} onChange={(event) => setRoles(event.currentTarget.checked ? [...roles, role] : roles.filter((each) => each !== role))} /> {role}
          </label>
        ))}
        <button type="button" class="button deed" disabled={roles.length === 0} onClick={() => void invite()}>
          Make a link
        </button>
      </div>
      {link !== "" && (
        <>
          <Note look="good">Send this link; it is shown once and good for one account.</Note>
          <Command text={link} />
        </>
      )}
      {trouble !== "" && <Note look="bad">{trouble}</Note>}
      <ul class="list">
        {fresh.value?.invitations.map((each) => (
          <li key={each.id} class="item">
            <span>
              {each.roles.join(", ")} <span class="soft small">until {moment(each.expiresAtMs)}</span>
            </span>
            <button type="button" class="button" onClick={() => void act(() => tell("DELETE", `/v1/invitations/${each.id}`))}>
              Withdraw
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Accounts() {
  const fresh = useFresh<{ accounts: Account[] }>("/v1/accounts", 10_000);
  const [link, setLink] = useState<{ name: string; url: string }>();
  const [trouble, setTrouble] = useState("");
  const act = async (deed: () => Promise<unknown>) => {
    try {
      setTrouble("");
      await deed();
      fresh.again();
    } catch (failure) {
      setTrouble((failure as Error).message);
    }
  };
  const reset = (account: Account) =>
    act(async () => {
      const made = await tell<{ token: string }>("POST", `/v1/accounts/${account.id}/reset`, {});
      setLink({ name: account.name, url: `${location.origin}/#reset=${made.token}` });
    });
  const change = (account: Account, what: Partial<Account>) => act(() => tell("PATCH", `/v1/accounts/${account.id}`, what));
  const toggled = (account: Account, role: Role) => (account.roles.includes(role) ? account.roles.filter((each) => each !== role) : [...account.roles, role]);
  return (
    <section class="sheet stack" aria-labelledby="accounts">
      <h2 id="accounts">Accounts</h2>
      {fresh.value === undefined && <Bones rows={3} height={2} />}
      {trouble !== "" && <Note look="bad">{trouble}</Note>}
      {link !== undefined && (
        <>
          <Note look="good">With this link {link.name} chooses a new password; it is shown once.</Note>
          <Command text={link.url} />
        </>
      )}
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              {ROLES.map((role) => (
                <th scope="col" key={role}>
                  {role}
                </th>
              ))}
              <th scope="col">
                <span class="hidden">What can be done</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {fresh.value?.accounts.map((account) => (
              <tr key={account.id}>
                <td>
                  <span class="item-name">{account.name}</span> {account.isDisabled && <span class="tag bad">disabled</span>}
                  <div class="soft small">since {ago(account.createdAtMs)}</div>
                </td>
                {ROLES.map((role) => (
                  <td key={role}>
                    <input type="checkbox" aria-label={`${account.name} is ${role}`} checked={account.roles.includes(role)} onChange={() => void change(account, { roles: toggled(account, role) })} />
                  </td>
                ))}
                <td>
                  <span class="row">
                    <button type="button" class="button" onClick={() => void reset(account)}>
                      New password
                    </button>
                    <button type="button" class="button" onClick={() => void change(account, { isDisabled: !account.isDisabled })}>
                      {account.isDisabled ? "Enable" : "Disable"}
                    </button>
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Audit() {
  const entries = useFresh<{ entries: AuditEntry[] }>("/v1/audit?count=50", 15_000).value?.entries;
  return (
    <section class="sheet">
      <details>
        <summary>Who did what</summary>
        <ol class="events" tabIndex={0} aria-label="Who did what">
          {entries?.map((entry) => (
            <li key={entry.sequence}>
              <time>{ago(entry.atMs)}</time>
              <span>
                {entry.name}: {entry.action} {entry.subject} <span class="soft small">from {entry.address}</span>
              </span>
            </li>
          ))}
        </ol>
      </details>
    </section>
  );
}
