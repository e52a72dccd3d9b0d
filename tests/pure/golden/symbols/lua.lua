-- A rectangle.
local Rect = {}
Rect.__index = Rect
local LIMIT = 10
--- Makes one.
function Rect.new(width)
  local self = setmetatable({}, Rect)
  return self
end
function Rect:size() return self.width end
local function helper(a, b) return a + b end
local twice = function(x) return x * 2 end
total = 0
