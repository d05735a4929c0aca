import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Beside the bundle, which is the folder that Lambda starts the function in. */
export const CA_FILE = 'rds-ca.pem';
/** Some bundled packages are CommonJS and call `require` for Node's own modules, which an ES module has not. */
const REQUIRE = 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);';

/**
 * The function's code: an ES module with the SDK in it, minified, and split where the code imports a part late, so that a start
 * compiles only what it runs; `npm run bench` has the figures. CDK's NodejsFunction makes one file only. The source maps are deployed
 * with it: whoever downloads the function's code has the maps that fit its log.
 * @param certificates PEM text that goes beside the bundle
 */
export function bundledCode(certificates: string | undefined): AssetCode {
  return Code.fromAsset(join(ROOT, 'lambda'), {
    // By what comes out: the code also depends on packages outside its folder.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      // CDK tells bundles apart by their options, and cannot see into a function.
      environment: {
        CERTIFICATES: createHash('sha256')
          .update(certificates ?? '')
          .digest('hex'),
      },
      local: {
        tryBundle(folder: string): boolean {
          buildBundle(folder);
          if (certificates !== undefined) writeFileSync(join(folder, CA_FILE), certificates);
          return true;
        },
      },
    },
  });
}

/** What is bundled: an entry file, relative to the root that the source maps name their sources from. */
export interface BundleSource {
  readonly root: string;
  readonly entry: string;
}

/**
 * Writes the bundle and its source maps into a folder. Node never reads the maps, since no file refers to its map; `npm run stack` does.
 * @throws esbuild's BuildFailure
 */
export function buildBundle(
  folder: string,
  { root, entry }: BundleSource = { root: ROOT, entry: 'lambda/handler.ts' },
): void {
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: { index: entry },
    // Nothing is written there: the maps name their sources relative to it, and the same code has to give the same bundle in every folder.
    outdir: root,
    write: false,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: 'external',
    // Positions are enough, the sources are in git; with them the maps are nearly three times as large.
    sourcesContent: false,
    banner: { js: REQUIRE },
    logLevel: 'warning',
  });
  for (const { path, contents } of outputFiles) writeFileSync(join(folder, basename(path)), contents);
}
