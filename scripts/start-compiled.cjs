// Copied beside a bundled engine: runs it with what V8 compiled when it was built, a third of the time of its start. Node 20 keeps
// no such thing by itself. What another Node or V8 made is refused by V8, and the file is compiled as always.
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const file = join(__dirname, 'engine.cjs');
const compiled = join(__dirname, 'engine.compiled');
const source = readFileSync(file, 'latin1'); // the bundler writes nothing but ASCII
const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
  filename: file, ...(existsSync(compiled) ? { cachedData: readFileSync(compiled) } : {}),
});
const engine = { exports: {} };
script.runInThisContext()(engine.exports, require, engine, file, __dirname);
if (process.argv[2] === '--compile') writeFileSync(compiled, script.createCachedData());
else engine.exports.run();
