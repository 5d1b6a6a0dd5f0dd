/** Zoom that shows a whole plane. */
import type { Canvas } from './bpmn-js.ts';

const margin = 24;

/**
 * The whole plane fits, in the middle, not larger than it was drawn.
 * @param left pixels at the left that are covered by tools
 */
export function fit(canvas: Canvas, left = 0): void {
  canvas.resized();
  const { inner, outer } = canvas.viewbox();
  const free = { width: outer.width - left - 2 * margin, height: outer.height - 2 * margin };
  if (inner.width <= 0 || free.width <= 0 || free.height <= 0) return;
  const scale = Math.min(1, free.width / inner.width, free.height / inner.height);
  canvas.viewbox({
    x: inner.x + inner.width / 2 - (left + outer.width) / 2 / scale,
    y: inner.y + inner.height / 2 - outer.height / 2 / scale,
    width: outer.width / scale,
    height: outer.height / scale,
  });
}

/** The height in pixels at which the plane fills the width. */
export function heightAtFullWidth(canvas: Canvas): number {
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min(1, (outer.width - 2 * margin) / inner.width);
  return Math.ceil(inner.height * scale) + 2 * margin;
}
