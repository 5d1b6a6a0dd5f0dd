/**
 * Replay of a case on its diagram. The steps and their reasons are in the page already; this folds the recorded events
 * with the engine itself and shows where the tokens are after each of them.
 */
import { framesOf } from './history/frames.ts';
import type { Frame, Row } from './history/frames.ts';
import { createStage } from './history/stage.ts';
import type { Stage } from './history/stage.ts';
import { statePanel, timeText } from './history/state-panel.ts';
import { text } from './modeler/texts.ts';
import type { Texts } from './modeler/texts.ts';

/** What /history/ID.json gives. */
interface Recording {
  rows: Row[];
  /** Address of the diagram of each process. */
  diagrams: Record<string, string>;
}

interface Replay {
  page: HTMLElement;
  frames: Frame[];
  stage: Stage;
  texts: Texts;
  index: number;
  /** The process on show. */
  process: string;
  playing: ReturnType<typeof setTimeout> | null;
}

/** How long a case plays by time, and the shortest and longest pause between two steps, ms. */
const film = { length: 30_000, shortest: 120, longest: 4000, step: 900 };

function part<T extends HTMLElement>(page: HTMLElement, name: string): T | null {
  return page.querySelector<T>(`[data-part="${name}"]`);
}

/** Shows the frame: diagram, details, position. */
async function go(replay: Replay, wanted: number): Promise<void> {
  const { page, frames, stage, texts } = replay;
  const index = Math.max(0, Math.min(frames.length - 1, wanted));
  const frame = frames[index];
  if (!frame) return;
  replay.index = index;
  const [movedIn] = frame.moved.keys();
  replay.process = movedIn ?? replay.process;
  const choice = part<HTMLSelectElement>(page, 'process');
  if (choice) choice.value = replay.process;
  const position = part<HTMLInputElement>(page, 'position');
  const now = text(texts, 'stepOf', { seq: frame.seq, count: frames.length });
  if (position) {
    position.value = String(frame.seq);
    position.setAttribute('aria-valuetext', now);
  }
  const output = part<HTMLOutputElement>(page, 'now');
  if (output) output.textContent = now;
  highlight(frame.seq);
  await stage.paint(frames, index, replay.process);
  if (replay.index === index) showDetail(replay, frame);
}

function highlight(seq: number): void {
  for (const row of document.querySelectorAll('tr[data-seq].cursor')) row.classList.remove('cursor');
  document.getElementById(`step-${seq}`)?.classList.add('cursor');
}

/** The step as the list tells it, and what was open after it. */
function showDetail({ page, stage, texts }: Replay, frame: Frame): void {
  const detail = part(page, 'detail');
  const row = document.querySelector<HTMLTableRowElement>(`#step-${frame.seq}`);
  if (!detail || !row) return;
  const title = document.createElement('h2');
  title.textContent = row.querySelector('strong')?.textContent ?? '';
  const who = document.createElement('p');
  who.className = 'muted';
  who.textContent = `${row.cells[2]?.textContent?.trim() ?? ''} · ${timeText(frame.at)}`;
  const told = [...(row.querySelector('.step-detail')?.cloneNode(true).childNodes ?? [])];
  detail.replaceChildren(title, who, ...told, ...statePanel(frame.instance, (id) => stage.nameOf(id), texts));
  detail.scrollTop = 0;
}

function stop(replay: Replay): void {
  if (replay.playing !== null) clearTimeout(replay.playing);
  replay.playing = null;
  label(replay, 'play', '▶');
}

function label({ page, texts }: Replay, key: 'play' | 'pause', sign: string): void {
  const button = page.querySelector<HTMLButtonElement>('[data-move="play"]');
  if (!button) return;
  button.textContent = sign;
  button.title = text(texts, key);
  button.setAttribute('aria-label', text(texts, key));
}

function play(replay: Replay): void {
  if (replay.playing !== null) return stop(replay);
  label(replay, 'pause', '❚❚');
  const from = replay.index === replay.frames.length - 1 ? 0 : replay.index;
  const next = (index: number): void => {
    void go(replay, index).then(() => {
      if (index >= replay.frames.length - 1) return stop(replay);
      replay.playing = setTimeout(next, pauseAfter(replay, index), index + 1);
    });
  };
  replay.playing = setTimeout(next, 0, from);
}

/** By time, pauses are in proportion to what passed between the steps. */
function pauseAfter({ page, frames }: Replay, index: number): number {
  if (part<HTMLSelectElement>(page, 'pace')?.value !== 'time') return film.step;
  const whole = (frames.at(-1)?.at ?? 0) - (frames[0]?.at ?? 0);
  const gap = (frames[index + 1]?.at ?? 0) - (frames[index]?.at ?? 0);
  const share = whole > 0 ? (gap / whole) * film.length : 0;
  return Math.max(film.shortest, Math.min(film.longest, share));
}

const moves: Record<string, (replay: Replay) => void> = {
  first: (replay) => void go(replay, 0),
  previous: (replay) => void go(replay, replay.index - 1),
  next: (replay) => void go(replay, replay.index + 1),
  last: (replay) => void go(replay, replay.frames.length - 1),
  play,
};

const keys: Record<string, string> = {
  ArrowLeft: 'previous',
  ArrowRight: 'next',
  Home: 'first',
  End: 'last',
  ' ': 'play',
};

function move(replay: Replay, name: string): void {
  if (name !== 'play') stop(replay);
  moves[name]?.(replay);
}

function wire(replay: Replay): void {
  const { page } = replay;
  for (const button of page.querySelectorAll<HTMLButtonElement>('[data-move]')) {
    button.addEventListener('click', () => {
      move(replay, button.dataset['move'] ?? '');
    });
  }
  const position = part<HTMLInputElement>(page, 'position');
  position?.addEventListener('input', () => {
    stop(replay);
    void go(replay, Number(position.value) - 1);
  });
  const choice = part<HTMLSelectElement>(page, 'process');
  choice?.addEventListener('change', () => {
    replay.process = choice.value;
    void replay.stage.paint(replay.frames, replay.index, replay.process);
  });
  document.addEventListener('keydown', (event) => {
    const name = keys[event.key];
    const at = event.target as HTMLElement;
    if (!name || event.ctrlKey || event.altKey || event.metaKey) return;
    if (at.closest('input, select, textarea, button, summary, a, .replay-now, .djs-container')) return;
    event.preventDefault();
    move(replay, name);
  });
  document.addEventListener('click', (event) => {
    const link = (event.target as HTMLElement).closest<HTMLElement>('.why a[data-element]');
    const { element, process } = link?.dataset ?? {};
    if (element === undefined || process === undefined) return;
    event.preventDefault();
    stop(replay);
    void point(replay, process, element);
  });
  document.addEventListener('click', (event) => {
    const link = (event.target as HTMLElement).closest<HTMLElement>('tr[data-seq] a[href^="#step-"]');
    if (!link) return;
    event.preventDefault();
    stop(replay);
    void go(replay, Number(link.closest<HTMLElement>('tr')?.dataset['seq']) - 1);
    page.scrollIntoView({ block: 'start' });
  });
}

/** Where the case is now, with this element before the reader's eye. */
async function point(replay: Replay, process: string, element: string): Promise<void> {
  const { page, frames, stage } = replay;
  await go(replay, frames.length - 1);
  if (replay.process !== process) {
    replay.process = process;
    const choice = part<HTMLSelectElement>(page, 'process');
    if (choice) choice.value = process;
    await stage.paint(frames, replay.index, process);
  }
  await stage.point(process, element);
  page.scrollIntoView({ block: 'start' });
}

async function start(page: HTMLElement): Promise<void> {
  const texts = JSON.parse(page.dataset['texts'] ?? '{}') as Texts;
  const response = await fetch(page.dataset['replay'] ?? '');
  if (!response.ok) throw new Error(`Expected the recording of the case, but found status ${response.status}.`);
  const recording = (await response.json()) as Recording;
  const frames = framesOf(recording.rows);
  const canvas = part(page, 'canvas');
  const first = frames[0];
  if (!canvas || !first) return;
  for (const name of ['bar', 'stage']) part(page, name)?.removeAttribute('hidden');
  const stage = createStage(canvas, recording.diagrams, texts);
  const replay: Replay = { page, frames, stage, texts, index: 0, process: first.instance.process, playing: null };
  wire(replay);
  const asked = /^#step-(\d+)$/.exec(window.location.hash)?.[1];
  await go(replay, asked === undefined ? frames.length - 1 : Number(asked) - 1);
  page.dataset['ready'] = '';
}

const page = document.querySelector<HTMLElement>('[data-replay]');
if (page) await start(page);
