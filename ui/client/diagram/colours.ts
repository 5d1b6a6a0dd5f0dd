/** The colours of shapes: those of the page's theme, so that they change with it. A diagram's own colours win. */
export const colours = {
  defaultFillColor: 'var(--diagram-fill)',
  defaultStrokeColor: 'var(--diagram-stroke)',
  defaultLabelColor: 'var(--diagram-label)',
};
