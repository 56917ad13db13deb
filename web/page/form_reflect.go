package page

import "huiying/incident"

// reflectFields are those of 复盘; a later one begins with what the first said.
func reflectFields(c incident.Case) []field {
	var last incident.AfterAction
	if n := len(c.AfterActions); n > 0 {
		last = c.AfterActions[n-1]
	}
	return []field{
		{name: "happened", label: "经过", as: asText, required: true, value: last.Happened, help: "何时发生了什么，怎样发现、回应和处置的"},
		{name: "well", label: "做得好的", as: asText, value: last.Well},
		{name: "ill", label: "不足", as: asText, required: true, value: last.Ill, help: "没有的写“无”"},
		{name: "causes", label: "原因分析", as: asText, required: true, value: last.Causes},
		{name: "measures", label: "改进措施", as: asItems, required: true, help: "每行一条，写明责任单位、做什么、哪天前完成，例如：县住建局：每周巡查一次，12月10日前"},
		{name: "took_part", label: "参加人员", as: asLine, required: true, value: last.TookPart, help: "姓名和职务，用顿号分开"},
	}
}
