// Package robot sends to WeChat Work groups by their group robots (群机器人), which can
// only speak. A robot's key is its password; it stands in the address of each request
// and nowhere else.
package robot
