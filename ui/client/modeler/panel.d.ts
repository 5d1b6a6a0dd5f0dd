/** Parts of the editor that come without types; they are handed on to bpmn-js and never looked into. */
declare module 'bpmn-js-properties-panel' {
  export const BpmnPropertiesPanelModule: object;
  export const BpmnPropertiesProviderModule: object;
  export const ZeebePropertiesProviderModule: object;
}
declare module 'camunda-bpmn-js-behaviors/lib/camunda-cloud/index.js' {
  const behaviors: object;
  export default behaviors;
}
