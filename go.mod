module huiying

go 1.26
