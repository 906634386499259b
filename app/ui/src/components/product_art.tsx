import type { ReactNode } from 'react';

import classes from './product_art.module.css';

// The API has no pictures: a product is drawn from its name and category. Colours come from CSS, so a
// drawing fits both colour schemes: `a` is the body, `b` its shade, `c` the light, `l` a line.
const kDrawings: ReadonlyArray<[RegExp, ReactNode]> = [
  [
    /carafe|decanter/i,
    <>
      <path className="a" d="M50 22h20v18c0 7 4 11 9 17a27 27 0 1 1-38 0c5-6 9-10 9-17z" />
      <path className="b" d="M35 72h50a25.500 25.500 0 0 1-50 4z" />
      <path className="c" d="M52 22h5v20c0 8-5 13-9 18-3 4-4 8-4 12h-4c0-6 2-12 6-17 4-5 6-8 6-15z" />
      <path className="d" d="M53 10h14l-2 12H55z" />
      <path className="l" d="M48 22h24" />
    </>,
  ],
  [
    /grinder|mill/i,
    <>
      <path className="l" d="M60 30V16M60 16h26" />
      <circle className="d" cx="88" cy="16" r="5" />
      <path className="b" d="M44 32a16 12 0 0 1 32 0z" />
      <path className="a" d="M42 32h36l-4 34H46z" />
      <path className="c" d="M48 36h7l1 26h-5z" />
      <path className="d" d="M44 66h32v6H44z" />
      <path className="b" d="M46 72h28l3 30H43z" />
      <rect className="a" x="52" y="80" width="16" height="12" rx="2" />
    </>,
  ],
  [
    /bean|coffee,|blend|roast/i,
    <>
      <path className="a" d="M36 30h48l4 76H32z" />
      <path className="b" d="M36 30h48l-3-12H39z" />
      <path className="l" d="M38 24h44" />
      <path className="c" d="M41 36h6l-3 64h-6z" />
      <circle className="d" cx="60" cy="68" r="17" />
      <path className="e" d="M52 76c-5-8 1-19 9-19 8 1 9 11 3 17-4 4-9 5-12 2z" />
      <path className="l2" d="M54 75c1-6 8-7 10-15" />
    </>,
  ],
  [
    /kettle/i,
    <>
      <path className="l" d="M80 48c16 0 18 30 2 34" />
      <path className="d" d="M34 58 18 40l-4 3 18 34z" />
      <path className="a" d="M42 44h36l8 52H34z" />
      <path className="c" d="M45 48h7l-5 44h-7z" />
      <path className="b" d="M46 44a14 9 0 0 1 28 0z" />
      <circle className="d" cx="60" cy="32" r="4" />
      <path className="b" d="M34 96h52v6H34z" />
    </>,
  ],
  [
    /dripper|pour|filter/i,
    <>
      <path className="d" d="M40 26h40l-4 12H44z" />
      <path className="a" d="M32 34h56L68 66H52z" />
      <path className="c" d="M40 37h7l10 26h-4z" />
      <path className="b" d="M44 66h32v6H44z" />
      <path className="a" d="M42 74h36v22a8 8 0 0 1-8 8H50a8 8 0 0 1-8-8z" />
      <path className="b" d="M42 88h36v8a8 8 0 0 1-8 8H50a8 8 0 0 1-8-8z" />
      <path className="l" d="M78 80c11-1 11 15 0 15" />
    </>,
  ],
  [
    /cup|mug/i,
    <>
      <path className="l2" d="M50 34c-4-6 4-8 0-15M64 34c-4-6 4-8 0-15" />
      <path className="l" d="M82 54c16-3 17 25-3 24" />
      <path className="a" d="M32 44h52v26a22 22 0 0 1-22 22h-8a22 22 0 0 1-22-22z" />
      <path className="c" d="M36 47h7v24c0 6 2 10 5 14-7-2-12-8-12-15z" />
      <ellipse className="b" cx="58" cy="44" rx="26" ry="5" />
      <path className="d" d="M26 96h66l-6 7H32z" />
    </>,
  ],
  [
    /tumbler|wine|glass/i,
    <>
      <path className="a" d="M26 30h32l-3 66a4 4 0 0 1-4 4H33a4 4 0 0 1-4-4z" />
      <path className="b" d="M28 60h29l-2 36a4 4 0 0 1-4 4H33a4 4 0 0 1-4-4z" />
      <path className="c" d="M30 34h5l2 62h-4z" />
      <path className="a" d="M64 42h32l-3 54a4 4 0 0 1-4 4H71a4 4 0 0 1-4-4z" />
      <path className="d" d="M66 74h29l-2 22a4 4 0 0 1-4 4H71a4 4 0 0 1-4-4z" />
      <path className="c" d="M68 46h5l2 50h-4z" />
    </>,
  ],
  [
    /scale/i,
    <>
      <rect className="b" x="22" y="82" width="76" height="20" rx="6" />
      <rect className="a" x="28" y="72" width="64" height="10" rx="4" />
      <rect className="c" x="62" y="87" width="28" height="10" rx="3" />
      <path className="d" d="M44 42h32v20a10 10 0 0 1-10 10H54a10 10 0 0 1-10-10z" />
      <path className="l" d="M76 48c11-1 11 15 0 15" />
    </>,
  ],
  [
    /jug|pitcher|milk/i,
    <>
      <path className="l" d="M80 44c18 0 18 34 0 36" />
      <path className="a" d="M36 26h40l4 14-2 54a8 8 0 0 1-8 8H46a8 8 0 0 1-8-8l-2-54-6-10z" />
      <path className="b" d="M37 62h42l-1 32a8 8 0 0 1-8 8H46a8 8 0 0 1-8-8z" />
      <path className="c" d="M43 32h7l1 64h-6z" />
    </>,
  ],
  [
    /towel|linen|cloth|napkin/i,
    <>
      <path className="a" d="M34 18h52v84H34z" />
      <path className="b" d="M34 76h52v7H34zM34 88h52v4H34z" />
      <path className="c" d="M42 18h8v84h-8z" />
      <path className="d" d="M34 18h52v6H34z" />
    </>,
  ],
  [
    /board|tray/i,
    <>
      <rect className="a" x="18" y="56" width="84" height="40" rx="10" />
      <path className="b" d="M18 80h84v6a10 10 0 0 1-10 10H28a10 10 0 0 1-10-10z" />
      <path className="l2" d="M32 66h50M32 73h34" />
      <path className="d" d="M46 40h28v16H46z" />
      <path className="l" d="M74 44c8-1 8 9 0 9" />
    </>,
  ],
];

const kOther = (
  <>
    <path className="a" d="M26 46 60 32l34 14v42L60 104 26 88z" />
    <path className="b" d="M60 62v42L26 88V46z" />
    <path className="c" d="m43 39 34 15v14l-8-3V58L35 43z" />
    <path className="l" d="m26 46 34 16 34-16" />
  </>
);

const kTints = 5;

function tintOf(text: string): number {
  let hash = 7;
  for (const character of text) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return hash % kTints;
}

type Props = { name: string; category?: string; sku?: string; size?: 'tile' | 'thumb' };

// Decoration beside the name, so it has none of its own.
export function ProductArt({ name, category = '', sku = '', size = 'tile' }: Props) {
  const drawing = kDrawings.find(([pattern]) => pattern.test(name))?.[1] ?? kDrawings.find(([pattern]) => pattern.test(`${sku} ${category}`))?.[1];
  return (
    <span className={classes.art} data-tint={tintOf(sku || name)} data-size={size} aria-hidden>
      <svg viewBox="0 0 120 120">{drawing ?? kOther}</svg>
    </span>
  );
}
