#version 330
uniform mat4 sun_matrix;
in vec3 position;
void main() { gl_Position = sun_matrix * vec4(position, 1.0); }
