// Runs models with onnxruntime-web: node run.mjs NODE_MODULES MODEL INPUT OUTPUT KIND SHAPE...
// INPUT and OUTPUT are raw little-endian float64; SHAPE is that of the input, rows first.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [modules, ...jobs] = process.argv.slice(2);
const ort = await import(pathToFileURL(`${modules}/onnxruntime-web/dist/ort.node.min.mjs`).href);
ort.env.wasm.numThreads = 1;
for (const job of jobs) {
  const [model, input, output, kind, shape] = job.split("|");
  const raw = readFileSync(input);
  const numbers = new Float64Array(raw.buffer, raw.byteOffset, raw.length / 8);
  const data = kind === "float64" ? numbers : Float32Array.from(numbers);
  const session = await ort.InferenceSession.create(readFileSync(model));
  const out = await session.run({ input: new ort.Tensor(kind, data, shape.split("x").map(Number)) });
  writeFileSync(output, new Uint8Array(Float64Array.from(out.output.data).buffer));
}
