import { render } from "preact";
import { App } from "./app.tsx";
import "./style.css";
import { apply } from "./theme.ts";

apply();
const root = document.getElementById("app");
if (root !== null) render(<App />, root);
