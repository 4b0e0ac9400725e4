import { render } from "preact";
import { DevicePage } from "./device/page.tsx";

const root = document.getElementById("app");
const isDevice = location.pathname === "/device" || location.hash.startsWith("#join=");
if (root !== null) render(isDevice ? <DevicePage /> : <h1>Motley</h1>, root);
